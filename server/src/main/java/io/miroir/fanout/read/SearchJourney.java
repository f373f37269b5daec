package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.rules.Pin;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.FacetSearchCall;
import io.miroir.fanout.answer.IndexProfile;
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
        return of(index, body, share).search();
    }

    private OneSearch of(IndexView index, ObjectNode body, AnswerBudget.Share share) {
        return new OneSearch(asks, asks.besides(), index, body, share, settings);
    }

    /** Whether any node knows an attribute of an index to format the hits of a search by. */
    boolean knowsFormats(
            IndexView index, IndexProfile profile, ObjectNode body, AnswerBudget.Share share) {
        return of(index, body, share).knowsFormats(profile);
    }

    private Reading pinning(
            IndexView index, ObjectNode body, List<Pin> pins, AnswerBudget.Share share) {
        PinnedReads.LookedUp there = pinned.lookUp(index, body, pins, share);
        if (there.call().isEmpty()) {
            return search(index, body, share).and(there.from());
        }
        // What nodes find wrong with the search is told by this one, as without rules.
        SearchCall others = there.call().others();
        OneSearch search = of(index, body, share);
        OneSearch.Answered rest = search.ask(others);
        others.checkFacets();
        PinnedReads.Shown shown = pinned.show(index, body, there.call(), share);
        OneSearch.Answered best = search.byWordsWhereEnough(rest, shown.hits());
        SearchCall.Besides besides =
                new SearchCall.Besides(null, null, null, search.knowsFormats(best));
        return Reading.of(
                best.merge(shown.hits(), besides),
                best.coverage(),
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
                new AskedBesides(asks.besides(), index, body, share).settled(call, coverage);
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
}
