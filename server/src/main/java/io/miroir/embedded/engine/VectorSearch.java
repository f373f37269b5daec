package io.miroir.embedded.engine;

import io.miroir.api.search.SearchRequest;
import io.miroir.embedded.engine.rank.Distinct;
import io.miroir.embedded.engine.rank.DocumentSearch;
import io.miroir.embedded.engine.rank.MatchedWords;
import io.miroir.embedded.engine.rank.Ranked;
import io.miroir.embedded.engine.rank.Ranking;
import io.miroir.embedded.engine.rank.Scores;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** A search in which vectors have a part: alone, or together with words. */
final class VectorSearch {
    /** Word hits with so high a share of the score need no help of vectors. */
    private static final double GOOD_ENOUGH = 0.45;

    private final Snapshot snapshot;
    private final SearchRequest request;
    private final DocumentSearch search;
    private final Embedder embedder;
    private final float ratio;

    VectorSearch(
            Snapshot snapshot, SearchRequest request, DocumentSearch search, Embedder embedder) {
        this.snapshot = snapshot;
        this.request = request;
        this.search = search;
        this.embedder = embedder;
        SearchRequest.Hybrid hybrid = request.semantic().hybrid();
        this.ratio = hybrid == null ? 0 : (float) hybrid.semanticRatio();
    }

    Found find(int wanted, @Nullable String distinct) {
        float[] vector = request.semantic().vector();
        String q = request.matching().q();
        if (ratio == 1 || q == null || request.matching().isPlaceholder()) {
            if (vector == null) {
                throw IndexSearch.cannotEmbed(q == null ? "" : q);
            }
            Ranking ranking = search.byVector(embedder.name(), vector);
            return new Found(
                    IndexSearch.hits(ranking.hits(), true),
                    ranking.candidates(),
                    MatchedWords.NONE,
                    true);
        }
        Ranking words = search.byWords();
        if (vector == null || isGoodEnough(words.hits(), wanted)) {
            return new Found(
                    IndexSearch.hits(words.hits(), false),
                    words.candidates(),
                    search.matched(),
                    true);
        }
        Ranking vectors = search.byVector(embedder.name(), vector);
        return merge(words, vectors, wanted, distinct);
    }

    private boolean isGoodEnough(List<Ranked> hits, int wanted) {
        return hits.size() >= wanted
                && hits.stream()
                        .allMatch(hit -> Scores.global(hit.scores()) * (1 - ratio) >= GOOD_ENOUGH);
    }

    private Found merge(Ranking words, Ranking vectors, int wanted, @Nullable String field) {
        Distinct distinct = field == null ? null : new Distinct(snapshot, field);
        List<Found.Hit> merged = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        int w = 0;
        int v = 0;
        while (merged.size() < wanted && (w < words.hits().size() || v < vectors.hits().size())) {
            boolean byVector =
                    w == words.hits().size()
                            || (v < vectors.hits().size()
                                    && isBetter(vectors.hits().get(v), words.hits().get(w)));
            Ranked next = byVector ? vectors.hits().get(v++) : words.hits().get(w++);
            if (!seen.add(next.doc()) || (distinct != null && distinct.isSeen(next.doc()))) {
                continue;
            }
            if (distinct != null) {
                distinct.see(next.doc());
            }
            merged.add(new Found.Hit(next, byVector));
        }
        FixedBitSet candidates = words.candidates().clone();
        candidates.or(vectors.candidates());
        if (distinct != null) {
            keepDistinct(candidates, merged, distinct);
        }
        return new Found(merged, candidates, search.matched(), true);
    }

    private static void keepDistinct(
            FixedBitSet candidates, List<Found.Hit> merged, Distinct distinct) {
        for (int doc = 0; doc < candidates.length(); doc++) {
            if (candidates.get(doc) && distinct.isSeen(doc)) {
                candidates.clear(doc);
            }
        }
        merged.forEach(hit -> candidates.set(hit.ranked().doc()));
    }

    private boolean isBetter(Ranked vector, Ranked word) {
        return new ScoreOrder(ratio, 1 - ratio)
                        .compare(Scores.values(vector.scores()), Scores.values(word.scores()))
                >= 0;
    }
}
