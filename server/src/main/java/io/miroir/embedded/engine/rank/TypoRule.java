package io.miroir.embedded.engine.rank;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.FixedBitSet;

/** Fewer typos is better; words written as one count as typos. */
final class TypoRule implements Rule {
    private final Lookup lookup;

    TypoRule(Lookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted) {
        return new LazyBuckets(new Finder(Docs.set(docs, lookup.maxDoc()), paths)::find);
    }

    private static int base(Node node) {
        return node.size() == 1 ? 0 : node.size();
    }

    /** Finds buckets in order of the number of typos. */
    private static final class Finder {
        private final FixedBitSet left;
        private final List<Path> paths;
        private final int max;
        private int cost;

        Finder(FixedBitSet universe, List<Path> paths) {
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
        }

        private Optional<Bucket> find() {
            while (cost <= max && !left.scanIsEmpty()) {
                int own = cost++;
                FixedBitSet found = new FixedBitSet(left.length());
                List<Path> good = new ArrayList<>();
                for (Path path : paths) {
                    visit(path, 0, own, left, found, good);
                }
                if (!good.isEmpty()) {
                    left.andNot(found);
                    return Optional.of(
                            new Bucket(Docs.array(found), good, new Score.Typo(own, max)));
                }
            }
            return Optional.empty();
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
    }
}
