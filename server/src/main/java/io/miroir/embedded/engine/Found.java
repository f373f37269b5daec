package io.miroir.embedded.engine;

import io.miroir.embedded.engine.rank.MatchedWords;
import io.miroir.embedded.engine.rank.Ranked;
import java.util.List;
import org.apache.lucene.util.FixedBitSet;

/**
 * What a search on one index found.
 *
 * @param hits best first
 * @param candidates every document that matches
 * @param matched words that matched, for highlighting
 * @param semantic whether vectors had a part
 */
record Found(List<Hit> hits, FixedBitSet candidates, MatchedWords matched, boolean semantic) {

    /** A document, and whether its vector found it. */
    record Hit(Ranked ranked, boolean byVector) {}

    /** Hits of a page that vectors found. */
    static int semanticHits(List<Hit> page) {
        return (int) page.stream().filter(Hit::byVector).count();
    }
}
