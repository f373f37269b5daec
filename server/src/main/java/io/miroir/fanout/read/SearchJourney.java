package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.search.FilterInput;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.filter.Filter;
import io.miroir.core.plan.KeyNarrowing;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.rules.Pin;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.Census;
import io.miroir.fanout.answer.FacetSearchCall;
import io.miroir.fanout.answer.FacetSpelling;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.PinnedHits;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.answer.SearchCall;
import io.miroir.fanout.answer.SimilarCall;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches. Everything they need is in memory: no log, no disk, no other pod. */
public final class SearchJourney {
    private final OneVersion versions;
    private final IndexAsks asks;
    private final ReadSettings settings;
    private final PinnedReads pinned;
    private final KnownFields known;

    /**
     * Searches over the nodes that the view names.
     *
     * @param nowMicros store time
     */
    public SearchJourney(
            ClusterView view,
            Nodes nodes,
            NodeHealth health,
            ReadMetrics metrics,
            ReadSettings settings,
            LongSupplier nowMicros) {
        this.versions = new OneVersion(view);
        this.asks = new IndexAsks(new Cover(nodes, health, metrics), settings);
        this.known = new KnownFields(asks);
        this.settings = settings;
        this.pinned = new PinnedReads(asks, new Pinner(view, nowMicros), metrics);
    }

    /**
     * One search of one index.
     *
     * @param body the client's, valid already
     * @param terms what the answer must be at least, and may take
     * @throws ApiException if there is no such index, the nodes refuse, or shards are missing and
     *     policy wants none missing
     */
    public ReadReply search(String uid, ObjectNode body, Terms terms) {
        return versions.read(
                uid,
                terms,
                (index, share) -> search(index, known.settled(index, body, share), share));
    }

    /** As {@link #search(String, ObjectNode, Terms)}, with what the rules of clients pin. */
    public ReadReply searchByRules(String uid, ObjectNode body, Terms terms) {
        return versions.read(
                uid,
                terms,
                (index, share) -> {
                    ObjectNode settled = known.settled(index, body, share);
                    List<Pin> pins = pinned.pins(index, settled);
                    return pins.isEmpty()
                            ? search(index, settled, share)
                            : pinning(index, settled, pins, share);
                });
    }

    private Reading search(IndexView index, ObjectNode body, AnswerBudget.Share share) {
        ReservedFields.refuse(body, ErrorCode.INVALID_SEARCH_FILTER);
        SearchCall call = SearchCall.of(body, profile(index));
        AskedBesides besides = new AskedBesides(asks, index, body, share);
        Coverage byFrequency =
                call.isByFrequency() ? besides.byFrequency(call, wanted(index, body)) : null;
        if (byFrequency != null) {
            asks.requireWhole(byFrequency);
        }
        Answered answered =
                byFrequency == null
                        ? ask(index, call, body, share)
                        : new Answered(call, byFrequency);
        call.checkFacets();
        Answered words = byWordsWhereEnough(index, answered, PinnedHits.NONE, body, share);
        // Asked once more by their own frequencies nodes would tell of other documents.
        boolean tellsMore = byFrequency == null;
        Answered best = tellsMore ? allWhereSeveral(index, words, body, share) : words;
        if (best.call.mayBeExact(best.coverage.answers())) {
            besides.settleExactness(best.call, wanted(index, body), best.coverage);
        }
        Answered counts = tellsMore ? counts(index, best, body, share) : best;
        settleSpelling(index, counts, body, share);
        List<ObjectNode> counted = tellsMore ? counted(index, best, body, share) : null;
        boolean formatted = knowsFormats(index, best, body, share);
        return Reading.of(
                best.merge(
                        PinnedHits.NONE,
                        new SearchCall.Besides(counted, counts.coverage.answers(), formatted)),
                best.coverage);
    }

    /** The answers with all documents, where some have several values that are shown once. */
    private Answered allWhereSeveral(
            IndexView index, Answered answered, ObjectNode body, AnswerBudget.Share share) {
        SearchCall call = answered.call.forAll(answered.coverage.answers()).orElse(null);
        if (call == null) {
            return answered;
        }
        try {
            Answered all = ask(index, call, body, share);
            boolean whole = SearchCall.isWhole(all.coverage.answers());
            return whole && all.coverage.isAsWholeAs(answered.coverage) ? all : answered;
        } catch (ApiException _) {
            return answered;
        }
    }

    /** The answers that count as one server does; if they can't be had, those that there are. */
    private Answered counts(
            IndexView index, Answered answered, ObjectNode body, AnswerBudget.Share share) {
        SearchCall call = answered.call.forCounts(answered.coverage.answers()).orElse(null);
        if (call == null) {
            return answered;
        }
        try {
            Answered counts = ask(index, call, body, share);
            return counts.coverage.isAsWholeAs(answered.coverage) ? counts : answered;
        } catch (ApiException _) {
            return answered;
        }
    }

    /**
     * The documents that count, where nodes are asked for all; null where they aren't, or can't.
     */
    private @Nullable List<ObjectNode> counted(
            IndexView index, Answered answered, ObjectNode body, AnswerBudget.Share share) {
        Census census = answered.call.census(answered.coverage.answers()).orElse(null);
        return census == null
                ? null
                : new AskedBesides(asks, index, body, share)
                        .documents(census, wanted(index, body), answered.coverage);
    }

    private void settleSpelling(
            IndexView index, Answered answered, ObjectNode body, AnswerBudget.Share share) {
        List<ObjectNode> answers = answered.coverage.answers();
        FacetSpelling spelling = answered.call.disputedSpelling(answers).orElse(null);
        if (spelling != null) {
            new AskedBesides(asks, index, body, share)
                    .settle(spelling, wanted(index, body), SearchCall.distributions(answers));
        }
    }

    /** Whether nodes that found nothing know an attribute to format hits by, where others don't. */
    private boolean knowsFormats(
            IndexView index, Answered answered, ObjectNode body, AnswerBudget.Share share) {
        if (!answered.call.lacksFormats(answered.coverage.answers())) {
            return false;
        }
        ShardSet others = ShardSet.all(index.topology().shards());
        for (Coverage.Part part : answered.coverage.parts()) {
            if (!part.answer().path("hits").isEmpty()) {
                others = others.andNot(part.asked().shards());
            }
        }
        if (others.isEmpty()) {
            return false;
        }
        return knowsFormats(index, answered.call, others, body, share);
    }

    /** Whether any node knows an attribute of an index to format the hits of a search by. */
    boolean knowsFormats(
            IndexView index, IndexProfile profile, ObjectNode body, AnswerBudget.Share share) {
        ShardSet all = ShardSet.all(index.topology().shards());
        return knowsFormats(index, SearchCall.of(body, profile), all, body, share);
    }

    private boolean knowsFormats(
            IndexView index,
            SearchCall call,
            ShardSet shards,
            ObjectNode body,
            AnswerBudget.Share share) {
        Coverage told =
                asks.ask(IndexAsks.What.SEARCH, index, shards, body, share, call::formatRequest);
        return told.refusal().isEmpty() && SearchCall.isAnyFormatted(told.answers());
    }

    /** What nodes said to a search, to be merged by it. */
    private record Answered(SearchCall call, Coverage coverage) {
        ObjectNode merge(PinnedHits pinned, SearchCall.Besides besides) {
            return call.merge(coverage.answers(), pinned, besides);
        }
    }

    private Answered ask(
            IndexView index, SearchCall call, ObjectNode body, AnswerBudget.Share share) {
        Coverage coverage =
                asks.ask(
                        IndexAsks.What.SEARCH,
                        index,
                        wanted(index, body),
                        body,
                        share,
                        call::nodeRequest);
        asks.requireWhole(coverage);
        return new Answered(call, coverage);
    }

    /**
     * The answers to the search, a hybrid one as one server with everything does it. Where that
     * can't be asked as widely as it was, what nodes said first is a good answer still.
     */
    private Answered byWordsWhereEnough(
            IndexView index,
            Answered hybrid,
            PinnedHits pinned,
            ObjectNode body,
            AnswerBudget.Share share) {
        Optional<SearchCall> words = hybrid.call.perhapsByWords(hybrid.coverage.answers(), pinned);
        if (words.isEmpty()) {
            return hybrid;
        }
        try {
            Answered byWords = ask(index, words.get(), body, share);
            return byWords.coverage.isAsWholeAs(hybrid.coverage)
                            && byWords.call.isByWords(byWords.coverage.answers(), pinned)
                    ? byWords
                    : hybrid;
        } catch (ApiException _) {
            return hybrid;
        }
    }

    private Reading pinning(
            IndexView index, ObjectNode body, List<Pin> pins, AnswerBudget.Share share) {
        PinnedReads.LookedUp there = pinned.lookUp(index, body, pins, share);
        if (there.call().isEmpty()) {
            return search(index, body, share).and(there.from());
        }
        // What nodes find wrong with the search is told by this one, as without rules.
        SearchCall others = there.call().others();
        Answered rest = ask(index, others, body, share);
        others.checkFacets();
        PinnedReads.Shown shown = pinned.show(index, body, there.call(), share);
        Answered best = byWordsWhereEnough(index, rest, shown.hits(), body, share);
        boolean formatted = knowsFormats(index, best, body, share);
        return Reading.of(
                best.merge(shown.hits(), new SearchCall.Besides(null, null, formatted)),
                best.coverage,
                shown.found(),
                shown.marked(),
                there.from());
    }

    /** The values of one facet. */
    public ReadReply facetSearch(String uid, ObjectNode body, Terms terms) {
        return versions.read(
                uid,
                terms,
                (index, share) -> facetSearch(index, known.settled(index, body, share), share));
    }

    private Reading facetSearch(IndexView index, ObjectNode body, AnswerBudget.Share share) {
        ReservedFields.refuse(body, ErrorCode.INVALID_SEARCH_FILTER);
        FacetSearchCall call = FacetSearchCall.of(body, profile(index));
        Coverage coverage =
                asks.ask(
                        IndexAsks.What.FACET_VALUES,
                        index,
                        ShardSet.all(index.topology().shards()),
                        body,
                        share,
                        call::nodeRequest);
        asks.requireWhole(coverage);
        List<ObjectNode> counted =
                new AskedBesides(asks, index, body, share).settled(call, coverage);
        return Reading.of(call.merge(coverage.answers(), counted), coverage);
    }

    /**
     * Documents like one document: its vector is fetched, then searched for on all shards.
     *
     * @param rule what the document must match so that the client may know of it; null for nothing
     * @param terms as for a search
     */
    public ReadReply similar(String uid, ObjectNode body, @Nullable JsonNode rule, Terms terms) {
        return versions.read(
                uid,
                terms,
                (index, share) -> similar(index, known.settled(index, body, share), rule, share));
    }

    private Reading similar(
            IndexView index, ObjectNode body, @Nullable JsonNode rule, AnswerBudget.Share share) {
        SimilarCall.check(body, index.settings().path("embedders"));
        SimilarCall call = SimilarCall.of(body, profile(index));
        Coverage fetched = fetchDocument(index, call, body, rule);
        SimilarCall.WithVector search = call.withVector(document(fetched, call.documentId()));
        Coverage coverage =
                asks.ask(
                        IndexAsks.What.SIMILAR,
                        index,
                        ShardSet.all(index.topology().shards()),
                        body,
                        share,
                        search::nodeRequest);
        if (coverage.refusal().isPresent()) {
            throw call.refusal(coverage.refusal().get());
        }
        asks.requireWhole(coverage);
        return Reading.of(search.merge(coverage.answers()), coverage, fetched);
    }

    /** The index that clients know by that uid. */
    public IndexView indexOf(String uid) {
        return versions.index(uid);
    }

    /** The same, once it shows writes. */
    public IndexView indexOf(String uid, Terms.Writes writes) {
        return versions.index(uid, writes);
    }

    /** The index that clients know by that uid, if there is one. */
    Optional<IndexView> find(String uid) {
        return versions.find(uid);
    }

    /** What rules pin in searches. */
    PinnedReads pinned() {
        return pinned;
    }

    /** What is known of the fields of indexes. */
    KnownFields known() {
        return known;
    }

    /** How nodes are asked about one index. */
    IndexAsks asks() {
        return asks;
    }

    /** Reads of several indexes at once go by the same. */
    OneVersion versions() {
        return versions;
    }

    private Coverage fetchDocument(
            IndexView index, SimilarCall call, ObjectNode body, @Nullable JsonNode rule) {
        String id = call.documentId();
        ObjectNode fetch = call.fetchRequest(rule);
        Coverage coverage =
                asks.ask(
                        IndexAsks.What.DOCUMENT,
                        index,
                        ShardSet.of(Rendezvous.shard(id, index.topology().shards())),
                        body,
                        null,
                        _ -> fetch);
        if (coverage.refusal().isPresent()) {
            // The client spoke of similar documents, not of documents.
            ApiException refusal = coverage.refusal().get();
            throw refusal.code() == ErrorCode.INVALID_DOCUMENT_FILTER
                    ? new ApiException(ErrorCode.INVALID_SIMILAR_FILTER, refusal.text())
                    : refusal;
        }
        asks.requireWhole(coverage);
        return coverage;
    }

    private static ObjectNode document(Coverage fetched, String id) {
        if (fetched.parts().isEmpty()) {
            return Json.object();
        }
        if (fetched.answers().getFirst().path("results").path(0) instanceof ObjectNode document) {
            return document;
        }
        throw new ApiException(ErrorCode.NOT_FOUND_SIMILAR_ID, "Document `" + id + "` not found.");
    }

    static IndexProfile profile(IndexView index) {
        return profile(index, index.row().uid());
    }

    /** What clients know by that name. */
    static IndexProfile profile(IndexView index, String name) {
        return IndexProfile.of(
                name, index.row().physicalUid(), index.row().primaryKey(), index.settings());
    }

    // A filter on the primary key can leave few shards to ask; one that can't be parsed is the
    // nodes' to refuse. Which facets there are at all is known by all nodes together.
    private ShardSet wanted(IndexView index, ObjectNode body) {
        ShardSet all = ShardSet.all(index.topology().shards());
        if (!body.path("facets").isEmpty()) {
            return all;
        }
        String key = index.row().primaryKey();
        Filter filter = FilterInput.parse(body.get("filter"), ErrorCode.INVALID_SEARCH_FILTER);
        if (key == null || filter == null) {
            return all;
        }
        ShardSet narrowed =
                KeyNarrowing.shards(filter, key, all.size(), settings.keyLiteralsMax()).orElse(all);
        // Nothing can match, but somebody must say so in all its fields.
        return narrowed.isEmpty() ? ShardSet.of(0) : narrowed;
    }
}
