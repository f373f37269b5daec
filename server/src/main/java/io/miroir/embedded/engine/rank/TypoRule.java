package io.miroir.embedded.engine.rank;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** Fewer typos is better; words written as one count as typos. */
final class TypoRule implements Rule {
    private final Lookup lookup;

    TypoRule(Lookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted) {
        return new Buckets(Docs.set(docs, lookup.maxDoc()), paths);
    }

    private static int base(Node node) {
        return node.size() == 1 ? 0 : node.size();
    }

    /** Buckets in order of the number of typos. */
    private static final class Buckets implements Iterator<Bucket> {
        private final FixedBitSet left;
        private final List<Path> paths;
        private final int max;
        private int cost;
        private @Nullable Bucket next;

        Buckets(FixedBitSet universe, List<Path> paths) {
            this.left = universe;
            this.paths = paths;
            int most = 0;
            for (Path path : paths) {
                int sum = 0;
                for (Node node : path.nodes()) {
                    sum += base(node) + node.term().typoCostMax(node.subset());
                }
                most = Math.max(most, sum);
            }
            this.max = most;
            this.next = find();
        }

        private @Nullable Bucket find() {
            while (cost <= max && !left.scanIsEmpty()) {
                int own = cost++;
                FixedBitSet found = new FixedBitSet(left.length());
                List<Path> good = new ArrayList<>();
                for (Path path : paths) {
                    visit(path, 0, own, left, found, good);
                }
                if (!good.isEmpty()) {
                    left.andNot(found);
                    return new Bucket(Docs.array(found), good, new Score.Typo(own, max));
                }
            }
            return null;
        }

        /** Walks the ways to make exactly {@code cost} typos in the nodes from {@code index} on. */
        private void visit(
                Path path,
                int index,
                int cost,
                FixedBitSet within,
                FixedBitSet found,
                List<Path> good) {
            if (index == path.nodes().size()) {
                if (cost == 0) {
                    FixedBitSet fresh = within.clone();
                    fresh.andNot(found);
                    if (!fresh.scanIsEmpty()) {
                        good.add(path);
                        found.or(fresh);
                    }
                }
                return;
            }
            Node node = path.nodes().get(index);
            int typosMax = node.term().typoCostMax(node.subset());
            for (int typos = 0; typos <= typosMax && base(node) + typos <= cost; typos++) {
                Node narrowed = node.with(node.subset().onlyTypos(typos));
                FixedBitSet docs = within.clone();
                docs.and(narrowed.hits().docs());
                if (!docs.scanIsEmpty()) {
                    visit(
                            path.with(index, narrowed),
                            index + 1,
                            cost - base(node) - typos,
                            docs,
                            found,
                            good);
                }
            }
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Bucket next() {
            Bucket bucket = next;
            if (bucket == null) {
                throw new NoSuchElementException();
            }
            next = find();
            return bucket;
        }
    }
}
