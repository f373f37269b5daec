package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.WordHits;
import java.util.Arrays;
import java.util.List;

/** Words that stand nearer to each other are better. */
final class ProximityRule extends CostRule {
    private static final int PAIR_COST_MAX = Lookup.DISTANCE_MAX - 1;

    ProximityRule(Lookup lookup) {
        super(lookup);
    }

    private static boolean isAdjacent(Node left, Node right) {
        return left.term().end() + 1 == right.term().start();
    }

    @Override
    int costMax(Path path) {
        int max = 0;
        List<Node> nodes = path.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            max += nodes.get(i).size() - 1;
            if (i > 0 && isAdjacent(nodes.get(i - 1), nodes.get(i))) {
                max += PAIR_COST_MAX;
            }
        }
        return max;
    }

    @Override
    void costs(Path path, int[] docs, boolean[] matching, int[] costs) {
        List<Node> nodes = path.nodes();
        int base = nodes.stream().mapToInt(node -> node.size() - 1).sum();
        Arrays.fill(costs, base);
        for (int i = 1; i < nodes.size(); i++) {
            Node left = nodes.get(i - 1);
            Node right = nodes.get(i);
            if (isAdjacent(left, right)) {
                pair(left.hits(), right.hits(), docs, matching, costs);
            }
        }
    }

    private void pair(TermHits left, TermHits right, int[] docs, boolean[] matching, int[] costs) {
        Cursor ends = new Cursor(left.ends().docs());
        Cursor starts = new Cursor(right.starts().docs());
        Cursor leftWords = new Cursor(left.words().docs());
        Cursor rightWords = new Cursor(right.words().docs());
        boolean byWord = lookup.settings().isProximityByWord();
        for (int i = 0; i < docs.length; i++) {
            if (!matching[i]) {
                continue;
            }
            int doc = docs[i];
            int end = ends.indexOf(doc);
            int start = starts.indexOf(doc);
            if (!byWord) {
                boolean shared =
                        end >= 0
                                && start >= 0
                                && Hits.shareAttribute(left.ends(), end, right.starts(), start);
                costs[i] += shared ? 0 : PAIR_COST_MAX;
                continue;
            }
            int cost = distance(left.ends(), end, right.starts(), start) - 1;
            // Only single words count when they stand the other way round.
            int back =
                    distance(
                            right.words(),
                            rightWords.indexOf(doc),
                            left.words(),
                            leftWords.indexOf(doc));
            costs[i] += Math.min(PAIR_COST_MAX, Math.min(cost, back));
        }
    }

    private static int distance(WordHits left, int leftIndex, WordHits right, int rightIndex) {
        return leftIndex < 0 || rightIndex < 0
                ? Lookup.DISTANCE_MAX
                : Hits.distance(left, leftIndex, right, rightIndex, Lookup.DISTANCE_MAX - 1);
    }

    @Override
    Score score(long rank, long max) {
        return new Score.Proximity(new Score.Rank(rank, max));
    }
}
