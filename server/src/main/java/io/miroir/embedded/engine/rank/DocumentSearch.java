package io.miroir.embedded.engine.rank;

import io.miroir.api.search.MatchingStrategy;
import io.miroir.api.search.SortBy;
import io.miroir.embedded.engine.store.Keys;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.WordHits;
import java.util.List;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** A search among the documents of a snapshot. For one thread. */
public final class DocumentSearch {
    private final Snapshot snapshot;
    private final Request request;
    private final Lookup lookup;
    private MatchedWords matched = MatchedWords.NONE;

    /**
     * What is searched.
     *
     * @param q the query; null for every document
     * @param paths by number of the path, whether it is searched; null for all
     * @param allowed documents that may be found
     * @param distinct the field of which each value is shown once; null for none
     * @param wanted documents to put in order
     * @param threshold least score, 0 to 1; null for any
     * @param wholly whether the number of matching documents must be exact
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Request(
            @Nullable String q,
            MatchingStrategy strategy,
            boolean @Nullable [] paths,
            FixedBitSet allowed,
            List<SortBy> sort,
            @Nullable String distinct,
            int wanted,
            @Nullable Double threshold,
            boolean wholly) {}

    /** A search. */
    public DocumentSearch(Snapshot snapshot, Request request) {
        this.snapshot = snapshot;
        this.request = request;
        this.lookup = new Lookup(snapshot, request.paths());
    }

    /** Documents in the order of some sort expressions, then of insertion. */
    public static List<Ranked> sorted(
            Snapshot snapshot, FixedBitSet docs, List<SortBy> sort, int wanted) {
        List<Rule> rules = RuleList.sort(snapshot, sort);
        Ranker.Limits limits = new Ranker.Limits(wanted, null, false);
        return new Ranker(snapshot, rules, limits, null).rank(docs, List.of()).hits();
    }

    /**
     * Documents near a vector.
     *
     * @param hits nearest first, as many as were wanted
     * @param total documents that count
     */
    public record Nearest(List<Ranked> hits, long total) {}

    /** Documents with vectors near one, at least as near as a threshold (0 to 1, or null). */
    public static Nearest nearest(
            Snapshot snapshot,
            String embedder,
            float[] vector,
            FixedBitSet allowed,
            int wanted,
            @Nullable Double threshold) {
        Rule rule = new VectorRule(snapshot, embedder, vector);
        FixedBitSet docs = allowed.clone();
        docs.and(snapshot.marked(Keys.hasVectors(embedder)));
        Ranker.Limits limits = new Ranker.Limits(wanted, threshold, false);
        Ranking ranking = new Ranker(snapshot, List.of(rule), limits, null).rank(docs, List.of());
        boolean cut = ranking.candidates().cardinality() < docs.cardinality();
        return new Nearest(ranking.hits(), cut ? ranking.hits().size() : allowed.cardinality());
    }

    /** Searches by words, or for every document if there are none. */
    public Ranking byWords() {
        FixedBitSet universe = request.allowed().clone();
        Query query = request.q() == null ? null : Query.parse(lookup, request.q());
        if (query != null) {
            removeNegative(query, universe);
        }
        if (query == null || query.terms().isEmpty()) {
            return rank(universe, RuleList.placeholder(snapshot, request.sort()), List.of());
        }
        QueryGraph graph = new QueryGraph(lookup, query.terms());
        WordsRule words = new WordsRule(lookup, graph, request.strategy());
        FixedBitSet matching = words.universe(universe);
        List<Rule> rules = RuleList.keyword(lookup, request.sort(), request.strategy(), words);
        List<Path> paths = WordsRule.allPaths(graph);
        Ranking ranking = rank(matching, rules, paths);
        matched = MatchedWords.of(graph.allTerms());
        return ranking;
    }

    /** Searches by a vector; the query's words count nothing. */
    public Ranking byVector(String embedder, float[] vector) {
        FixedBitSet universe = request.allowed().clone();
        if (request.q() != null) {
            removeNegative(Query.parse(lookup, request.q()), universe);
        }
        Rule rule = new VectorRule(snapshot, embedder, vector);
        return rank(universe, RuleList.vector(snapshot, request.sort(), rule), List.of());
    }

    /** What the words of the last search match. */
    public MatchedWords matched() {
        return matched;
    }

    private Ranking rank(FixedBitSet universe, List<Rule> rules, List<Path> paths) {
        String field = request.distinct();
        Distinct distinct = field == null ? null : new Distinct(snapshot, field);
        Ranker.Limits limits =
                new Ranker.Limits(request.wanted(), request.threshold(), request.wholly());
        Ranking ranking = new Ranker(snapshot, rules, limits, distinct).rank(universe, paths);
        return request.wholly() && field != null
                ? new Ranking(ranking.hits(), onePerValue(field, ranking.candidates()))
                : ranking;
    }

    private FixedBitSet onePerValue(String field, FixedBitSet candidates) {
        Distinct distinct = new Distinct(snapshot, field);
        FixedBitSet kept = new FixedBitSet(candidates.length());
        for (int doc : Docs.array(candidates)) {
            if (!distinct.isSeen(doc)) {
                distinct.see(doc);
                kept.set(doc);
            }
        }
        return kept;
    }

    private void removeNegative(Query query, FixedBitSet universe) {
        for (String word : query.negativeWords()) {
            WordHits hits = lookup.hits(word, true);
            for (int doc : hits.docs()) {
                universe.clear(doc);
            }
        }
        for (Phrase phrase : query.negativePhrases()) {
            universe.andNot(lookup.phrase(phrase));
        }
    }
}
