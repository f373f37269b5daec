package io.miroir.embedded.engine.rank;

import java.util.Arrays;
import org.apache.lucene.util.FixedBitSet;

/** More words found as they are written is better. */
final class ExactWordsRule extends CostRule {

    ExactWordsRule(Lookup lookup) {
        super(lookup);
    }

    @Override
    int costMax(Path path) {
        return path.size();
    }

    @Override
    void costs(Path path, int[] docs, boolean[] matching, int[] costs) {
        Arrays.fill(costs, 0);
        for (Node node : path.nodes()) {
            QueryTerm.Subset subset = node.subset();
            Phrase exact = node.term().exactTerm(subset);
            FixedBitSet holding =
                    exact == null
                            ? null
                            : node.term()
                                    .hits(new QueryTerm.Subset(false, false, false, true))
                                    .docs();
            for (int i = 0; i < docs.length; i++) {
                boolean found = holding != null && holding.get(docs[i]);
                costs[i] += found ? 0 : node.size();
            }
        }
    }

    @Override
    Score score(long rank, long max) {
        return new Score.ExactWords(rank - 1, max - 1);
    }
}
