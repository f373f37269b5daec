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
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.rules.Pin;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.FacetSearchCall;
import io.miroir.fanout.answer.FacetSpelling;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.PinnedCall;
import io.miroir.fanout.answer.PinnedHits;
import io.miroir.fanout.answer.QueryHash;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.answer.SearchCall;
import io.miroir.fanout.answer.SimilarCall;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches. Everything they need is in memory: no log, no disk, no other pod. */
public final class SearchJourney {
    private final OneVersion versions;
    private final Cover cover;
    private final ReadSettings settings;
    private final Pinner pinner;

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
        this.cover = new Cover(nodes, health, metrics);
        this.settings = settings;
        this.pinner = new Pinner(view, nowMicros);
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
        return versions.read(uid, terms, (index, share) -> search(index, body, share));
    }

    /** As {@link #search(String, ObjectNode, Terms)}, with what the rules of clients pin. */
    public ReadReply searchByRules(String uid, ObjectNode body, Terms terms) {
        return versions.read(
                uid,
                terms,
                (index, share) -> {
                    List<Pin> pins = pinner.pins(index, body);
                    return pins.isEmpty()
                            ? search(index, body, share)
                            : pinning(index, body, pins, share);
                });
    }

    private Reading search(IndexView index, ObjectNode body, AnswerBudget.Share share) {
        ReservedFields.refuse(body, ErrorCode.INVALID_SEARCH_FILTER);
        SearchCall call = SearchCall.of(body, profile(index));
        Answered answered = ask(index, call, body, share);
        call.checkFacets();
        Answered best = byWordsWhereEnough(index, answered, PinnedHits.NONE, body, share);
        settleSpelling(index, best, body, share);
        return Reading.of(best.merge(PinnedHits.NONE), best.coverage);
    }

    /** Where nodes don't answer a second time, each spells values of facets in its own way. */
    private void settleSpelling(
            IndexView index, Answered answered, ObjectNode body, AnswerBudget.Share share) {
        List<ObjectNode> answers = answered.coverage.answers();
        FacetSpelling spelling = answered.call.disputedSpelling(answers).orElse(null);
        if (spelling != null) {
            ShardSet shards = wanted(index, body);
            Coverage found = askSearch(index, shards, body, share, spelling::nodeRequest);
            if (found.refusal().isEmpty()) {
                spelling.settle(found.answers(), answers);
            }
        }
    }

    /** What nodes said to a search, to be merged by it. */
    private record Answered(SearchCall call, Coverage coverage) {
        ObjectNode merge(PinnedHits pinned) {
            return call.merge(coverage.answers(), pinned);
        }
    }

    private Answered ask(
            IndexView index, SearchCall call, ObjectNode body, AnswerBudget.Share share) {
        Coverage coverage = askSearch(index, wanted(index, body), body, share, call::nodeRequest);
        requireWhole(coverage);
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

    /** The same replicas are asked each time: what one shows, the next has. */
    private Reading pinning(
            IndexView index, ObjectNode body, List<Pin> pins, AnswerBudget.Share share) {
        ReservedFields.refuse(body, ErrorCode.INVALID_SEARCH_FILTER);
        String key = Objects.requireNonNull(index.row().primaryKey());
        Coverage fetched =
                cover.ask(
                        index,
                        shards(index, pins),
                        hash(index, body),
                        share,
                        part ->
                                post(
                                                "documents",
                                                index,
                                                "/documents/fetch",
                                                PinnedCall.fetchRequest(pins, key, only(part)))
                                        .expecting(AnswerShape.DOCUMENTS));
        requirePins(fetched);
        PinnedCall pinned = PinnedCall.of(body, profile(index), key, pins, fetched.answers());
        if (pinned.isEmpty()) {
            return search(index, body, share).and(fetched);
        }
        // What nodes find wrong with the search is told by this one, as without rules.
        SearchCall others = pinned.others();
        Answered rest = ask(index, others, body, share);
        others.checkFacets();
        ShardSet where = shards(index, pinned.pins());
        Coverage found = askSearch(index, where, body, share, pinned::nodeRequest);
        requirePins(found);
        Coverage marked =
                pinned.marksWords()
                        ? askSearch(index, where, body, share, pinned::markedRequest)
                        : Coverage.NONE;
        requirePins(marked);
        PinnedHits hits = pinned.hits(found.answers(), marked.answers());
        Answered best = byWordsWhereEnough(index, rest, hits, body, share);
        return Reading.of(best.merge(hits), best.coverage, found, marked, fetched);
    }

    private Coverage askSearch(
            IndexView index,
            ShardSet shards,
            ObjectNode body,
            AnswerBudget.Share share,
            Function<@Nullable ShardSet, ObjectNode> request) {
        return cover.ask(
                index,
                shards,
                hash(index, body),
                share,
                part ->
                        post("search", index, "/search", request.apply(only(part)))
                                .expecting(AnswerShape.SEARCH));
    }

    private static ShardSet shards(IndexView index, List<Pin> pins) {
        return ShardSet.of(
                pins.stream()
                        .map(pin -> Rendezvous.shard(pin.id(), index.topology().shards()))
                        .distinct()
                        .toList());
    }

    /** The values of one facet. */
    public ReadReply facetSearch(String uid, ObjectNode body, Terms terms) {
        return versions.read(uid, terms, (index, share) -> facetSearch(index, body, share));
    }

    private Reading facetSearch(IndexView index, ObjectNode body, AnswerBudget.Share share) {
        ReservedFields.refuse(body, ErrorCode.INVALID_SEARCH_FILTER);
        FacetSearchCall call = FacetSearchCall.of(body, profile(index));
        Coverage coverage =
                cover.ask(
                        index,
                        ShardSet.all(index.topology().shards()),
                        hash(index, body),
                        share,
                        part ->
                                post(
                                                "facet_search",
                                                index,
                                                "/facet-search",
                                                call.nodeRequest(only(part)))
                                        .expecting(AnswerShape.FACET_VALUES));
        requireWhole(coverage);
        return Reading.of(call.merge(coverage.answers()), coverage);
    }

    /**
     * Documents like one document: its vector is fetched, then searched for on all shards.
     *
     * @param rule what the document must match so that the client may know of it; null for nothing
     * @param terms as for a search
     */
    public ReadReply similar(String uid, ObjectNode body, @Nullable JsonNode rule, Terms terms) {
        return versions.read(uid, terms, (index, share) -> similar(index, body, rule, share));
    }

    private Reading similar(
            IndexView index, ObjectNode body, @Nullable JsonNode rule, AnswerBudget.Share share) {
        SimilarCall.check(body, index.settings().path("embedders"));
        SimilarCall call = SimilarCall.of(body, profile(index));
        Coverage fetched = fetchDocument(index, call, body, rule);
        SimilarCall.WithVector search = call.withVector(document(fetched, call.documentId()));
        Coverage coverage =
                cover.ask(
                        index,
                        ShardSet.all(index.topology().shards()),
                        hash(index, body),
                        share,
                        part ->
                                post("similar", index, "/search", search.nodeRequest(only(part)))
                                        .expecting(AnswerShape.SEARCH));
        if (coverage.refusal().isPresent()) {
            throw call.refusal(coverage.refusal().get());
        }
        requireWhole(coverage);
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

    /** Reads of several indexes at once go by the same. */
    OneVersion versions() {
        return versions;
    }

    private Coverage fetchDocument(
            IndexView index, SimilarCall call, ObjectNode body, @Nullable JsonNode rule) {
        String id = call.documentId();
        ObjectNode fetch = call.fetchRequest(rule);
        Coverage coverage =
                cover.ask(
                        index,
                        ShardSet.of(Rendezvous.shard(id, index.topology().shards())),
                        hash(index, body),
                        null,
                        _ ->
                                post("document", index, "/documents/fetch", fetch)
                                        .expecting(AnswerShape.DOCUMENTS));
        if (coverage.refusal().isPresent()) {
            // The client spoke of similar documents, not of documents.
            ApiException refusal = coverage.refusal().get();
            throw refusal.code() == ErrorCode.INVALID_DOCUMENT_FILTER
                    ? new ApiException(ErrorCode.INVALID_SIMILAR_FILTER, refusal.text())
                    : refusal;
        }
        requireWhole(coverage);
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

    private NodeRequest post(String operation, IndexView index, String rest, JsonNode body) {
        return NodeRequest.post(
                operation,
                "/indexes/" + index.row().physicalUid() + rest,
                NodeBody.json(body),
                settings.nodeTimeout());
    }

    private void requireWhole(Coverage coverage) {
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        requireWhole(coverage, settings.partial());
    }

    /** Pins are in few shards: there may be nothing of these where there is a good answer. */
    private void requirePins(Coverage coverage) {
        if (coverage.refusal().isPresent() || !settings.partial()) {
            requireWhole(coverage);
        }
    }

    static void requireWhole(Coverage coverage, boolean partial) {
        boolean nothing = coverage.parts().isEmpty();
        if (!coverage.uncovered().isEmpty() && (nothing || !partial)) {
            throw new ApiException(
                    ErrorCode.MIROIR_SHARD_UNAVAILABLE,
                    "No replica in sync answered for shards " + coverage.uncovered() + ".");
        }
    }

    static @Nullable ShardSet only(NodeShards part) {
        return part.filterNeeded() ? part.shards() : null;
    }

    static IndexProfile profile(IndexView index) {
        return profile(index, index.row().uid());
    }

    /** What clients know by that name. */
    static IndexProfile profile(IndexView index, String name) {
        return IndexProfile.of(
                name, index.row().physicalUid(), index.row().primaryKey(), index.settings());
    }

    private static long hash(IndexView index, ObjectNode body) {
        return QueryHash.of(index.row().physicalUid(), body);
    }

    // A filter on the primary key can leave few shards to ask; one that can't be parsed is the
    // nodes' to refuse.
    private ShardSet wanted(IndexView index, ObjectNode body) {
        ShardSet all = ShardSet.all(index.topology().shards());
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
