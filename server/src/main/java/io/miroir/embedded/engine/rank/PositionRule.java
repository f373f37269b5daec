package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.WordHits;
import java.util.Arrays;

/** Words that stand in an attribute where they stand in the query are better. */
final class PositionRule extends CostRule {
    private static final int WORD_COST_MAX = 10;

    PositionRule(Lookup lookup) {
        super(lookup);
    }

    @Override
    int costMax(Path path) {
        return WORD_COST_MAX * path.size();
    }

    @Override
    void costs(Path path, int[] docs, boolean[] matching, int[] costs) {
        Arrays.fill(costs, 0);
        for (Node node : path.nodes()) {
            WordHits hits = node.hits().starts();
            Cursor cursor = new Cursor(hits.docs());
            for (int i = 0; i < docs.length; i++) {
                if (matching[i]) {
                    costs[i] += cost(node, hits, cursor.indexOf(docs[i]));
                }
            }
        }
    }

    private static int cost(Node node, WordHits hits, int index) {
        int best = WORD_COST_MAX * node.size();
        if (index < 0) {
            return best;
        }
        for (int p = hits.from()[index]; p < hits.from()[index + 1]; p++) {
            int position = bucket(hits.places()[p] & 0xFFFF);
            int distance = Math.abs(position - node.term().start());
            int cost = 0;
            for (int i = 0; i < node.size(); i++) {
                cost += cost(distance + i);
            }
            best = Math.min(best, cost);
        }
        return best;
    }

    /** Positions are known less and less exactly the further on they are. */
    static int bucket(int position) {
        if (position < 16) {
            return position;
        }
        if (position < 24) {
            return 24;
        }
        int power = Integer.highestOneBit(position);
        return power == position ? power : power << 1;
    }

    private static int cost(int distance) {
        int[] limits = {0, 1, 4, 7, 11, 16, 24, 64, 256, 1024};
        for (int cost = 0; cost < limits.length; cost++) {
            if (distance <= limits[cost]) {
                return cost;
            }
        }
        return WORD_COST_MAX;
    }

    @Override
    Score score(long rank, long max) {
        return new Score.WordPosition(new Score.Rank(rank, max));
    }
}
