package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.WordHits;
import java.util.Arrays;

/** Words in more important attributes are better. */
final class AttributeRule extends CostRule {
    private final int weightMax;

    AttributeRule(Lookup lookup) {
        super(lookup);
        this.weightMax = lookup.settings().weightMax();
    }

    @Override
    int costMax(Path path) {
        return weightMax * path.size();
    }

    @Override
    void costs(Path path, int[] docs, boolean[] matching, int[] costs) {
        Arrays.fill(costs, 0);
        for (Node node : path.nodes()) {
            WordHits hits = node.hits().starts();
            Cursor cursor = new Cursor(hits.docs());
            for (int i = 0; i < docs.length; i++) {
                int index = matching[i] ? cursor.indexOf(docs[i]) : -1;
                if (matching[i]) {
                    costs[i] += weight(hits, index) * node.size();
                }
            }
        }
    }

    private int weight(WordHits hits, int index) {
        int best = weightMax;
        if (index >= 0) {
            for (int p = hits.from()[index]; p < hits.from()[index + 1]; p++) {
                best = Math.min(best, lookup.weight(hits.places()[p]));
            }
        }
        return best;
    }

    @Override
    Score score(long rank, long max) {
        return new Score.AttributeRank(new Score.Rank(rank, max));
    }
}
