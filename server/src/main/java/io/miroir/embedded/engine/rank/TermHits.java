package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.WordHits;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.util.FixedBitSet;

/**
 * What some derivations of a term hit.
 *
 * @param words places of derivations that are one word
 * @param starts places of first words: what stands right of another term
 * @param ends places of last words: what stands left of another term
 * @param docs documents that hold any derivation
 */
record TermHits(WordHits words, WordHits starts, WordHits ends, FixedBitSet docs) {

    static TermHits of(Lookup lookup, List<WordHits> words, List<Phrase> phrases) {
        WordHits single = Hits.union(words, lookup.maxDoc());
        if (phrases.isEmpty()) {
            return new TermHits(single, single, single, Hits.docs(single, lookup.maxDoc()));
        }
        List<WordHits> starts = new ArrayList<>(List.of(single));
        List<WordHits> ends = new ArrayList<>(List.of(single));
        for (Phrase phrase : phrases) {
            if (phrase.present().isEmpty()) {
                continue;
            }
            FixedBitSet docs = lookup.phrase(phrase);
            starts.add(Hits.within(lookup.hits(phrase.first(), true), docs));
            ends.add(Hits.within(lookup.hits(phrase.last(), true), docs));
        }
        WordHits allStarts = Hits.union(starts, lookup.maxDoc());
        return new TermHits(
                single,
                allStarts,
                Hits.union(ends, lookup.maxDoc()),
                Hits.docs(allStarts, lookup.maxDoc()));
    }
}
