package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.WordHits;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** Operations on {@link WordHits}. */
final class Hits {
    private Hits() {}

    /** What any of the words hits; places of a document ascending. */
    static WordHits union(List<WordHits> all, int maxDoc) {
        List<WordHits> some = all.stream().filter(hits -> hits.size() > 0).toList();
        if (some.isEmpty()) {
            return WordHits.NONE;
        }
        if (some.size() == 1) {
            return some.getFirst();
        }
        int[] count = new int[maxDoc + 1];
        int docs = 0;
        int places = 0;
        for (WordHits hits : some) {
            for (int i = 0; i < hits.size(); i++) {
                docs += count[hits.docs()[i]] == 0 ? 1 : 0;
                count[hits.docs()[i]] += hits.from()[i + 1] - hits.from()[i];
            }
            places += hits.places().length;
        }
        int[] outDocs = new int[docs];
        int[] outFrom = new int[docs + 1];
        int next = 0;
        int total = 0;
        for (int doc = 0; doc < maxDoc; doc++) {
            if (count[doc] > 0) {
                outDocs[next] = doc;
                outFrom[next++] = total;
                total += count[doc];
                // From here on: where the document's next place goes.
                count[doc] = total - count[doc];
            }
        }
        outFrom[next] = total;
        int[] outPlaces = new int[places];
        for (WordHits hits : some) {
            for (int i = 0; i < hits.size(); i++) {
                int doc = hits.docs()[i];
                for (int p = hits.from()[i]; p < hits.from()[i + 1]; p++) {
                    outPlaces[count[doc]++] = hits.places()[p];
                }
            }
        }
        for (int i = 0; i < docs; i++) {
            // Most documents hold few places, and those mostly of one word, in order.
            for (int p = outFrom[i] + 1; p < outFrom[i + 1]; p++) {
                if (outPlaces[p] < outPlaces[p - 1]) {
                    Arrays.sort(outPlaces, outFrom[i], outFrom[i + 1]);
                    break;
                }
            }
        }
        return new WordHits(outDocs, outFrom, outPlaces);
    }

    /** The hits in some documents. */
    static WordHits within(WordHits hits, FixedBitSet docs) {
        return filter(hits, docs, null);
    }

    /**
     * The hits in some paths.
     *
     * @param paths by number of the path, whether it counts
     */
    static WordHits inPaths(WordHits hits, boolean[] paths) {
        return filter(hits, null, paths);
    }

    private static WordHits filter(
            WordHits hits, @Nullable FixedBitSet docs, boolean @Nullable [] paths) {
        int[] outDocs = new int[hits.size()];
        int[] outFrom = new int[hits.size() + 1];
        int[] outPlaces = new int[hits.places().length];
        int size = 0;
        int total = 0;
        for (int i = 0; i < hits.size(); i++) {
            int doc = hits.docs()[i];
            if (docs != null && !docs.get(doc)) {
                continue;
            }
            int before = total;
            for (int p = hits.from()[i]; p < hits.from()[i + 1]; p++) {
                int place = hits.places()[p];
                if (paths == null || paths[place >>> 16]) {
                    outPlaces[total++] = place;
                }
            }
            if (total > before) {
                outDocs[size] = doc;
                outFrom[size++] = before;
            }
        }
        outFrom[size] = total;
        return new WordHits(
                Arrays.copyOf(outDocs, size),
                Arrays.copyOf(outFrom, size + 1),
                Arrays.copyOf(outPlaces, total));
    }

    /**
     * The least distance, 1 to {@code max}, from a place on the left to a later one on the right in
     * the same attribute; {@code max + 1} if there is none.
     */
    static int distance(WordHits left, int leftIndex, WordHits right, int rightIndex, int max) {
        int best = max + 1;
        int r = right.from()[rightIndex];
        int rightEnd = right.from()[rightIndex + 1];
        for (int l = left.from()[leftIndex]; l < left.from()[leftIndex + 1]; l++) {
            int place = left.places()[l];
            while (r < rightEnd && right.places()[r] <= place) {
                r++;
            }
            if (r == rightEnd) {
                break;
            }
            int found = right.places()[r];
            if (found >>> 16 == place >>> 16 && found - place < best) {
                best = found - place;
            }
        }
        return best;
    }

    /** Whether both stand in one attribute. */
    static boolean shareAttribute(WordHits left, int leftIndex, WordHits right, int rightIndex) {
        int r = right.from()[rightIndex];
        int rightEnd = right.from()[rightIndex + 1];
        for (int l = left.from()[leftIndex]; l < left.from()[leftIndex + 1]; l++) {
            int path = left.places()[l] >>> 16;
            while (r < rightEnd && right.places()[r] >>> 16 < path) {
                r++;
            }
            if (r < rightEnd && right.places()[r] >>> 16 == path) {
                return true;
            }
        }
        return false;
    }

    static FixedBitSet docs(WordHits hits, int maxDoc) {
        FixedBitSet docs = new FixedBitSet(Math.max(1, maxDoc));
        for (int doc : hits.docs()) {
            docs.set(doc);
        }
        return docs;
    }
}
