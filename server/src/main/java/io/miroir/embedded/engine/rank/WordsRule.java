package io.miroir.embedded.engine.rank;

import io.miroir.api.search.MatchingStrategy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.lucene.util.FixedBitSet;

/** More words of the query found is better. */
final class WordsRule implements Rule {
    private final Lookup lookup;
    private final QueryGraph graph;

    /**
     * By term, when it may be left out: terms of smaller numbers first, those of one number in any
     * order; -1 for never.
     */
    private final int[] removal;

    private final int phraseWords;

    WordsRule(Lookup lookup, QueryGraph graph, MatchingStrategy strategy) {
        this.lookup = lookup;
        this.graph = graph;
        this.removal = removal(graph, strategy);
        this.phraseWords = graph.nodes().stream().mapToInt(node -> node.term().phraseWords()).sum();
    }

    private static int[] removal(QueryGraph graph, MatchingStrategy strategy) {
        int size = graph.size();
        int[] order = new int[size];
        boolean mandatory = false;
        for (int term = 0; term < size; term++) {
            boolean phrase = graph.from(term).getFirst().isPhrase();
            mandatory |= phrase;
            order[term] = phrase || strategy == MatchingStrategy.ALL ? -1 : size - 1 - term;
        }
        if (strategy == MatchingStrategy.FREQUENCY) {
            byFrequency(graph, order);
        }
        if (strategy == MatchingStrategy.ALL || mandatory) {
            return order;
        }
        int last = -1;
        for (int rank : order) {
            last = Math.max(last, rank);
        }
        for (int term = 0; term < size; term++) {
            // Something must be found: what would be left out last never is.
            order[term] = order[term] == last ? -1 : order[term];
        }
        return order;
    }

    /** Most frequent words are left out first, but words that are nowhere before them. */
    private static void byFrequency(QueryGraph graph, int[] order) {
        TreeMap<Long, List<Integer>> termsByFrequency = new TreeMap<>();
        for (int term = 0; term < order.length; term++) {
            if (order[term] < 0) {
                continue;
            }
            FixedBitSet docs = null;
            for (Node node : graph.nodes()) {
                if (node.firstTerm() <= term && term <= node.lastTerm()) {
                    FixedBitSet own = node.hits().docs();
                    if (docs == null) {
                        docs = own.clone();
                    } else {
                        docs.or(own);
                    }
                }
            }
            long frequency = docs == null ? 0 : docs.cardinality();
            termsByFrequency
                    .computeIfAbsent(
                            frequency == 0 ? Long.MAX_VALUE : frequency, _ -> new ArrayList<>())
                    .add(term);
        }
        int rank = 0;
        for (List<Integer> terms : termsByFrequency.descendingMap().values()) {
            for (int term : terms) {
                order[term] = rank;
            }
            rank++;
        }
    }

    /** When a node may be left out: as late as the last of its terms; -1 for never. */
    private int removalOf(Node node) {
        int latest = -1;
        for (int term = node.firstTerm(); term <= node.lastTerm(); term++) {
            if (removal[term] < 0) {
                return -1;
            }
            latest = Math.max(latest, removal[term]);
        }
        return latest;
    }

    /** The greatest number of terms that can be left out. */
    private int costMax() {
        int count = 0;
        for (int rank : removal) {
            count += rank >= 0 ? 1 : 0;
        }
        return count;
    }

    /** The documents that match at all, within a set. */
    FixedBitSet universe(FixedBitSet allowed) {
        FixedBitSet found = new FixedBitSet(allowed.length());
        for (Iterator<Bucket> it = new LazyBuckets(new Finder(allowed)::find); it.hasNext(); ) {
            for (int doc : it.next().docs()) {
                found.set(doc);
            }
        }
        return found;
    }

    @Override
    public Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted) {
        return new LazyBuckets(new Finder(Docs.set(docs, lookup.maxDoc()))::find);
    }

    /** The readings that leave nothing out, for searches that must find every word. */
    static List<Path> allPaths(QueryGraph graph) {
        List<Path> paths = new ArrayList<>();
        collect(graph, 0, new ArrayList<>(), paths::add);
        return paths;
    }

    private static void collect(QueryGraph graph, int term, List<Node> nodes, Consumer<Path> sink) {
        if (term == graph.size()) {
            sink.accept(new Path(nodes));
            return;
        }
        for (Node node : graph.from(term)) {
            nodes.add(node);
            collect(graph, node.lastTerm() + 1, nodes, sink);
            nodes.removeLast();
        }
    }

    /** Finds buckets in order of the number of terms left out. */
    private final class Finder {
        private final FixedBitSet left;
        private int cost;

        Finder(FixedBitSet universe) {
            this.left = universe.clone();
        }

        private Optional<Bucket> find() {
            int max = costMax();
            while (cost <= max) {
                int own = cost++;
                FixedBitSet found = new FixedBitSet(left.length());
                List<Path> paths = new ArrayList<>();
                visit(0, own, new ArrayList<>(), left, -1, Integer.MAX_VALUE, found, paths);
                if (!paths.isEmpty()) {
                    left.andNot(found);
                    long most = 1L + Math.max(0, phraseWords - 1) + max;
                    return Optional.of(
                            new Bucket(
                                    Docs.array(found), paths, new Score.Words(most - own, most)));
                }
            }
            return Optional.empty();
        }

        /**
         * Walks the readings that leave out exactly {@code cost} more terms.
         *
         * @param within documents that hold every node so far
         * @param removed the latest removal so far
         * @param kept the earliest removal of a node that is kept so far
         */
        private void visit(
                int term,
                int cost,
                List<Node> nodes,
                FixedBitSet within,
                int removed,
                int kept,
                FixedBitSet found,
                List<Path> paths) {
            if (term == graph.size()) {
                accept(cost, nodes, within, found, paths);
                return;
            }
            for (Node node : graph.from(term)) {
                int rank = removalOf(node);
                int next = node.lastTerm() + 1;
                // A node is left out only when all that go before it are left out as well.
                if (rank >= 0 && node.size() == 1 && cost > 0 && rank <= kept) {
                    visit(
                            next,
                            cost - 1,
                            nodes,
                            within,
                            Math.max(removed, rank),
                            kept,
                            found,
                            paths);
                }
                if (rank >= 0 && rank < removed) {
                    continue;
                }
                FixedBitSet narrowed = within.clone();
                narrowed.and(node.hits().docs());
                if (narrowed.nextSetBit(0) < left.length()) {
                    nodes.add(node);
                    int keeps = rank < 0 ? kept : Math.min(kept, rank);
                    visit(next, cost, nodes, narrowed, removed, keeps, found, paths);
                    nodes.removeLast();
                }
            }
        }

        private void accept(
                int cost,
                List<Node> nodes,
                FixedBitSet within,
                FixedBitSet found,
                List<Path> paths) {
            if (cost != 0 || nodes.isEmpty()) {
                return;
            }
            FixedBitSet fresh = within.clone();
            fresh.andNot(found);
            if (!fresh.scanIsEmpty()) {
                paths.add(new Path(nodes));
                found.or(fresh);
            }
        }
    }
}
