package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.documents.DocumentsRequest;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.api.indexes.FieldsRequest;
import io.miroir.api.search.NodesFilter;
import io.miroir.api.settings.FilterableRule;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.DocumentsCall;
import io.miroir.fanout.answer.FieldsCall;
import io.miroir.fanout.answer.QueryHash;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.answer.SequencePage;
import io.miroir.fanout.answer.VersionAnswer;
import io.miroir.fanout.lane.WireErrors;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads of stored documents, and what one node can tell for all. */
public final class DocumentReads {
    /** Of one page of a walk: nobody waits for it, and it may bring many vectors. */
    private static final Duration WALK_TIMEOUT = Duration.ofSeconds(30);

    private final Nodes nodes;
    private final NodeHealth health;
    private final OneVersion versions;
    private final Cover cover;
    private final ReadSettings settings;
    private final KnownFields known;

    /** Reads from these nodes, healthy ones first. */
    public DocumentReads(
            ClusterView view,
            Nodes nodes,
            NodeHealth health,
            ReadMetrics metrics,
            ReadSettings settings) {
        this.versions = new OneVersion(view);
        this.nodes = nodes;
        this.health = health;
        this.cover = new Cover(nodes, health, metrics);
        this.settings = settings;
        this.known = new KnownFields(new IndexAsks(cover, settings));
    }

    /**
     * One document.
     *
     * @param query the client's checked parameters, decoded
     * @param terms what the answer must be at least, and may take
     */
    public ReadReply get(String uid, String id, Map<String, String> query, Terms terms) {
        return versions.read(uid, terms, (index, share) -> get(index, id, query, share));
    }

    private Reading get(
            IndexView index, String id, Map<String, String> query, AnswerBudget.Share share) {
        if (!PrimaryKey.isId(id)) {
            // In an address it could be that of something else.
            throw DocumentsRequest.notFound(id);
        }
        int shard = Rendezvous.shard(id, index.topology().shards());
        String target =
                path(index, "/documents/")
                        + encoded(id)
                        + (query.isEmpty() ? "" : "?")
                        + query.entrySet().stream()
                                .map(p -> encoded(p.getKey()) + "=" + encoded(p.getValue()))
                                .collect(Collectors.joining("&"));
        // Of chosen fields nobody knows whether the document has them.
        AnswerShape shape = query.containsKey("fields") ? AnswerShape.OBJECT : AnswerShape.DOCUMENT;
        Coverage coverage =
                cover.ask(
                        index,
                        ShardSet.of(shard),
                        shard,
                        share,
                        _ ->
                                NodeRequest.get("document", target, settings.nodeTimeout())
                                        .expecting(shape));
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        IndexAsks.requireWhole(coverage, false);
        ObjectNode document = coverage.answers().getFirst();
        ReservedFields.strip(document);
        return Reading.of(document, coverage);
    }

    /**
     * A page of documents, in the order in which they were first written.
     *
     * @param request the fields of POST {@code documents/fetch}, valid already
     */
    public ReadReply list(String uid, ObjectNode request, Terms terms) {
        return versions.read(
                uid,
                terms,
                (index, share) -> list(index, known.settled(index, request, share), share));
    }

    private Reading list(IndexView index, ObjectNode request, AnswerBudget.Share share) {
        ReservedFields.refuse(request, ErrorCode.INVALID_DOCUMENT_FILTER);
        DocumentsCall call = DocumentsCall.of(request, FilterableRule.allOf(index.settings()));
        Coverage coverage =
                cover.ask(
                        index,
                        ShardSet.all(index.topology().shards()),
                        QueryHash.of(index.row().physicalUid(), request),
                        share,
                        part ->
                                fetch(
                                        index,
                                        call.nodeRequest(IndexAsks.only(part)),
                                        settings.nodeTimeout()));
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        IndexAsks.requireWhole(coverage, settings.partial());
        return Reading.of(call.merge(coverage.answers()), coverage);
    }

    /**
     * A page of a walk, and whom it came from: only pages from the same replicas belong together,
     * for others may have applied less.
     */
    public record Walked(SequencePage page, List<NodeShards> from) {}

    /**
     * The next page of a walk through all documents of an index, whole or not at all.
     *
     * @param after where the page before ended; null for the first
     * @param limit documents that each node is asked for
     * @param filter of a client, which is refused in its words; null for all documents
     */
    public Walked walk(
            IndexView index, @Nullable String after, int limit, @Nullable JsonNode filter) {
        Coverage coverage =
                cover.ask(
                        index,
                        ShardSet.all(index.topology().shards()),
                        index.row().incarnation(),
                        null,
                        part ->
                                fetch(
                                        index,
                                        SequencePage.nodeRequest(
                                                after,
                                                limit,
                                                filter == null
                                                        ? null
                                                        : NodesFilter.of(
                                                                filter,
                                                                FilterableRule.allOf(
                                                                        index.settings())),
                                                IndexAsks.only(part)),
                                        WALK_TIMEOUT));
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        IndexAsks.requireWhole(coverage, false);
        return new Walked(
                SequencePage.of(coverage.answers(), limit),
                coverage.parts().stream().map(Coverage.Part::asked).toList());
    }

    // What clients send unescaped is no part of a node's address.
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static NodeRequest fetch(IndexView index, ObjectNode body, Duration timeout) {
        return NodeRequest.post(
                        "documents", path(index, "/documents/fetch"), NodeBody.json(body), timeout)
                .expecting(AnswerShape.DOCUMENTS);
    }

    /** The fields of an index, and what its settings do with them. */
    public ReadReply fields(String uid, FieldsRequest request, Terms terms) {
        return versions.read(uid, terms, (index, share) -> fields(index, request, share));
    }

    private Reading fields(IndexView index, FieldsRequest request, AnswerBudget.Share share) {
        FieldsCall call = FieldsCall.of(request, SearchJourney.profile(index));
        NodeRequest asked =
                NodeRequest.post(
                                "fields",
                                path(index, "/fields"),
                                NodeBody.json(call.nodeRequest()),
                                settings.nodeTimeout())
                        .expecting(AnswerShape.LIST);
        Coverage coverage =
                cover.ask(index, ShardSet.all(index.topology().shards()), 0, share, _ -> asked);
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        IndexAsks.requireWhole(coverage, settings.partial());
        return Reading.of(call.merge(coverage.answers()), coverage);
    }

    /**
     * The lowest version of those that nodes tell: what later ones do besides can't be relied on.
     * Nodes in trouble have a say where no other answers.
     */
    public JsonNode version() {
        NodeRequest request =
                NodeRequest.get("version", "/version", settings.nodeTimeout())
                        .expecting(AnswerShape.VERSION);
        Map<Boolean, List<String>> ids =
                nodes.ids().stream().sorted().collect(Collectors.partitioningBy(health::usable));
        List<JsonNode> told = allTold(ids.getOrDefault(true, List.of()), request);
        if (told.isEmpty()) {
            told = allTold(ids.getOrDefault(false, List.of()), request);
        }
        return VersionAnswer.lowest(told).orElseThrow(DocumentReads::nobodyAnswers);
    }

    /** The client's settings of an index; empty if there is none. */
    public Optional<JsonNode> settings(String uid) {
        return versions.find(uid).map(IndexView::settings);
    }

    /**
     * A template of no index, as any node renders it.
     *
     * @param request of the route, valid already
     */
    public JsonNode rendered(JsonNode request) {
        return ofAny(
                NodeRequest.post(
                        "render",
                        "/render-template",
                        NodeBody.json(request),
                        settings.nodeTimeout()));
    }

    private JsonNode ofAny(NodeRequest request) {
        List<String> doubtful = new ArrayList<>();
        ApiException without = nobodyAnswers();
        for (String node : new TreeSet<>(nodes.ids())) {
            if (!health.usable(node)) {
                doubtful.add(node);
                continue;
            }
            NodeReply reply = nodes.ask(node, request);
            Optional<JsonNode> told = told(reply);
            if (told.isPresent()) {
                return told.get();
            }
            without = refusal(reply).filter(Cover::mayLag).orElse(without);
        }
        // What one node may not have heard of yet, and no other has either, is so.
        ApiException otherwise = without;
        return allTold(doubtful, request).stream().findFirst().orElseThrow(() -> otherwise);
    }

    private static Optional<ApiException> refusal(NodeReply reply) {
        return reply instanceof NodeReply.Refusal refusal
                ? Optional.of(WireErrors.toException(refusal.error()))
                : Optional.empty();
    }

    /** What several tell, asked at once: the time-outs of many dead nodes must not add up. */
    private List<JsonNode> allTold(List<String> ids, NodeRequest request) {
        Map<String, NodeRequest> requests = new LinkedHashMap<>();
        ids.forEach(id -> requests.put(id, request));
        return nodes.askAll(requests).values().stream()
                .flatMap(reply -> told(reply).stream())
                .toList();
    }

    private static ApiException nobodyAnswers() {
        return new ApiException(ErrorCode.MIROIR_SHARD_UNAVAILABLE, "No node answers.");
    }

    private static Optional<JsonNode> told(NodeReply reply) {
        return switch (reply) {
            case NodeReply.Answer answer -> Optional.of(answer.body());
            case NodeReply.Refusal refusal -> {
                ApiException error = WireErrors.toException(refusal.error());
                if (!Cover.isOfNode(refusal) && !Cover.mayLag(error)) {
                    throw error;
                }
                yield Optional.empty();
            }
            case NodeReply.Failure _ -> Optional.empty();
        };
    }

    private static String path(IndexView index, String rest) {
        return "/indexes/" + index.row().physicalUid() + rest;
    }
}
