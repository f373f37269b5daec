package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.WordHits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** Words and phrases of one index as one search sees them. For one thread. */
final class Lookup {
    /** Words further apart than this, less one, do not count as near. */
    static final int DISTANCE_MAX = 4;

    private final Snapshot snapshot;
    private final boolean @Nullable [] paths;
    private final int[] weights;
    private final Map<Phrase, FixedBitSet> phrases = new HashMap<>();

    /**
     * A lookup.
     *
     * @param paths by number of the path, whether it is searched; null for all
     */
    Lookup(Snapshot snapshot, boolean @Nullable [] paths) {
        this.snapshot = snapshot;
        this.paths = paths;
        List<String> names = snapshot.data().paths();
        this.weights = new int[names.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.max(0, snapshot.settings().weight(names.get(i)));
        }
    }

    Snapshot snapshot() {
        return snapshot;
    }

    IndexSettings settings() {
        return snapshot.settings();
    }

    int maxDoc() {
        return snapshot.maxDoc();
    }

    /** The weight of the path of a place: 0 is best. */
    int weight(int place) {
        return weights[place >>> 16];
    }

    /** Whether the index knows the word, in whatever attribute. */
    boolean contains(String word) {
        return snapshot.words().contains(word);
    }

    /**
     * Where a word stands.
     *
     * @param original whether it is a word of the query itself, not a derivation of one
     */
    WordHits hits(String word, boolean original) {
        WordHits hits = snapshot.words().hits(word, original);
        return paths == null ? hits : Hits.inPaths(hits, paths);
    }

    /** The documents that hold a phrase. */
    FixedBitSet phrase(Phrase phrase) {
        FixedBitSet known = phrases.get(phrase);
        if (known == null) {
            known = findPhrase(phrase);
            phrases.put(phrase, known);
        }
        return known;
    }

    private FixedBitSet findPhrase(Phrase phrase) {
        List<@Nullable WordHits> words = new ArrayList<>();
        FixedBitSet docs = null;
        for (String word : phrase.words()) {
            WordHits hits = word == null ? null : hits(word, true);
            words.add(hits);
            if (hits != null) {
                FixedBitSet own = Hits.docs(hits, maxDoc());
                if (docs == null) {
                    docs = own;
                } else {
                    docs.and(own);
                }
            }
        }
        if (docs == null) {
            return new FixedBitSet(Math.max(1, maxDoc()));
        }
        for (int i = 0; i < words.size(); i++) {
            for (int gap = 1; gap <= 2 && i + gap < words.size(); gap++) {
                WordHits left = words.get(i);
                WordHits right = words.get(i + gap);
                if (left != null && right != null) {
                    keepNear(docs, left, right, gap);
                }
            }
        }
        return docs;
    }

    private void keepNear(FixedBitSet docs, WordHits left, WordHits right, int gap) {
        for (int i = 0; i < left.size(); i++) {
            int doc = left.docs()[i];
            if (!docs.get(doc)) {
                continue;
            }
            int j = right.indexOf(doc);
            boolean near =
                    settings().isProximityByWord()
                            ? Hits.distance(left, i, right, j, DISTANCE_MAX - 1) <= gap
                            : Hits.shareAttribute(left, i, right, j);
            if (!near) {
                docs.clear(doc);
            }
        }
    }

    /** How many documents hold two words one right after the other. */
    int adjacent(String left, String right) {
        return phrase(new Phrase(List.of(left, right))).cardinality();
    }
}
