package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.api.search.NodesFilter;
import io.miroir.api.settings.FilterableRule;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.spool.Spooled;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Intend;
import io.miroir.store.task.TaskType;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes items of document writes and deletions. */
final class DocumentItems {
    private static final Set<ErrorCode> WHILE_INDEXING =
            EnumSet.of(
                    ErrorCode.INVALID_DOCUMENT_GEO_FIELD,
                    ErrorCode.INVALID_VECTORS_TYPE,
                    ErrorCode.INVALID_VECTOR_DIMENSIONS,
                    ErrorCode.INTERNAL);

    private final LaneContext context;
    private final IndexItems indexes;

    DocumentItems(LaneContext context, IndexItems indexes) {
        this.context = context;
        this.indexes = indexes;
    }

    /** A write of documents; creates the index if there is none. */
    Item write(WriteRequest request, Optional<IndexView> index, Spooled body) throws IOException {
        PayloadFormat format = PayloadFormat.of(request.parameter(WriteRequest.CONTENT_TYPE));
        String delimiter = request.parameter(WriteRequest.CSV_DELIMITER);
        String known = index.map(view -> view.row().primaryKey()).orElse(null);
        String named = request.parameter(WriteRequest.PRIMARY_KEY);
        Topology topology =
                index.map(IndexView::topology)
                        .orElseGet(() -> context.fleet().topology(context.fleet().shards()));
        JsonNode settings = index.map(IndexView::settings).orElseGet(Json::object);
        // What is left out is not looked at, however wrong it is: only nodes know what that is.
        boolean all = !skipsCreation(request);
        boolean geo = SettingsOrder.hasGeo(settings);
        DocumentSplit.Target target =
                new DocumentSplit.Target(
                        known == null ? named : known,
                        topology.shards(),
                        shard -> targetsOf(shard, topology, index),
                        geo && all,
                        mergeable(settings) && (all || !geo)
                                ? context.settings().merging().documentsMax()
                                : 0,
                        all ? vectorRules(request, index) : null);
        char separator = delimiter == null ? ',' : delimiter.charAt(0);
        DocumentSplit.Result split =
                DocumentSplit.of(body, format, separator, target, context.spooler());
        ApiException fault = inIndex(request.indexUid(), split.fault());
        if (known != null && named != null && !known.equals(named)) {
            fault = keyTaken(known);
        }
        requireKey(split);
        Details details = writeDetails(request, split.received());
        if (index.isEmpty() && !request.creates()) {
            split.close();
            return indexes.missing(TaskType.DOCUMENT_ADDITION_OR_UPDATE, request, details);
        }
        if (fault != null) {
            split.close();
            return index.isPresent()
                    ? Item.failed(
                            TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                            details,
                            Scope.nothing(topology, index.get().row().incarnation()),
                            fault)
                    : indexes.creating(details.failing(fault.toJson()), topology, null);
        }
        return index.isPresent()
                ? toExisting(request, index.get(), split, details)
                : toNew(request, topology, split, details);
    }

    // Documents may choose it by the name of their first field that ends in `id`.
    private static void requireKey(DocumentSplit.Result split) {
        try {
            TaskRoom.requireKey(split.primaryKey());
        } catch (ApiException refused) {
            split.close();
            throw refused;
        }
    }

    private DocumentSplit.VectorRules vectorRules(WriteRequest request, Optional<IndexView> index) {
        return new DocumentSplit.VectorRules(
                request.operation() == Operation.DOCUMENTS_UPDATE,
                new KnownDimensions(context, index));
    }

    private static boolean skipsCreation(WriteRequest request) {
        return Boolean.parseBoolean(request.parameter(WriteRequest.SKIP_CREATION));
    }

    // What embedders make of a document, or miss in it, only nodes find out.
    private static boolean mergeable(JsonNode settings) {
        return settings.path("embedders").isEmpty();
    }

    // What Meilisearch finds only while it indexes, it tells with the index's name.
    private static @Nullable ApiException inIndex(String uid, @Nullable ApiException fault) {
        return fault == null || !WHILE_INDEXING.contains(fault.code())
                ? fault
                : IndexItems.inIndex(uid, fault);
    }

    private Item toExisting(
            WriteRequest request, IndexView index, DocumentSplit.Result split, Details details) {
        long incarnation = index.row().incarnation();
        boolean chosen = index.row().primaryKey() == null && split.primaryKey() != null;
        List<IndexEffect> effects =
                chosen
                        ? List.of(new IndexEffect.PrimaryKeySet(incarnation, split.primaryKey()))
                        : List.of();
        return new Item(
                TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                chosen ? details.choosing(split.primaryKey()) : details,
                scope(index, split.shards()),
                documents(request, split, chosen ? OptionalLong.empty() : split.different()),
                (_, _) -> effects,
                List.copyOf(split.parts().values()));
    }

    // One item, so that nobody can come between the index and its first documents.
    private Item toNew(
            WriteRequest request, Topology topology, DocumentSplit.Result split, Details details) {
        String key = split.primaryKey();
        Item creation = indexes.creating(details.choosing(key), topology, key);
        Documents documents = documents(request, split, OptionalLong.empty());
        return new Item(
                creation.type(),
                creation.details(),
                creation.scope(),
                (node, place) -> {
                    List<Item.Step> steps = new ArrayList<>(creation.steps().of(node, place));
                    if (split.parts().containsKey(node)) {
                        steps.addAll(documents.of(node, place));
                    }
                    return steps;
                },
                creation.effects(),
                List.copyOf(split.parts().values()));
    }

    private Documents documents(
            WriteRequest request, DocumentSplit.Result split, OptionalLong different) {
        String rest = "/documents";
        if (split.primaryKey() != null) {
            rest += "?primaryKey=" + encoded(split.primaryKey());
        }
        if (skipsCreation(request)) {
            rest += (rest.contains("?") ? "&" : "?") + "skipCreation=true";
        }
        return new Documents(
                request.operation() == Operation.DOCUMENTS_UPDATE ? "PUT" : "POST",
                rest,
                split.parts(),
                split.received(),
                different,
                context.settings().sendTimeout());
    }

    /**
     * A deletion of documents by their ids.
     *
     * @param details by how many ids there are
     */
    Item deleteIds(
            WriteRequest request,
            Optional<IndexView> index,
            DocumentIds.Source ids,
            IntFunction<Details> details)
            throws IOException {
        if (index.isEmpty()) {
            return missing(request, details.apply(DocumentIds.count(ids)));
        }
        Topology topology = index.get().topology();
        DocumentIds.Split split =
                DocumentIds.split(
                        ids,
                        topology.shards(),
                        shard -> targetsOf(shard, topology, index),
                        context.spooler());
        if (split.holdsEmpty()) {
            // The node that is sent it deletes nothing, and others would all that they are sent.
            return Item.failed(
                    TaskType.DOCUMENT_DELETION,
                    details.apply(split.count()),
                    Scope.nothing(topology, index.get().row().incarnation()),
                    PrimaryKey.emptyId());
        }
        return new Item(
                TaskType.DOCUMENT_DELETION,
                details.apply(split.count()),
                scope(index.get(), split.shards()),
                (node, place) -> {
                    Spooled part = split.parts().get(node);
                    NodeBody batch =
                            part == null
                                    ? NodeBody.json(Json.array())
                                    : new NodeBody.Stream(
                                            "application/json", part.lengthBytes(), part::open);
                    String target = place.markedPath("/documents/delete-batch");
                    return List.of(new Item.Step(post(target, batch), place.mark()));
                },
                Item.Effects.none(),
                List.copyOf(split.parts().values()));
    }

    /** A deletion of all documents that match a filter: every node looks for its own. */
    Item deleteByFilter(
            WriteRequest request, Optional<IndexView> index, JsonNode filter, Details details) {
        if (index.isEmpty()) {
            return missing(request, details);
        }
        ObjectNode body = Json.object();
        body.set("filter", NodesFilter.of(filter, FilterableRule.allOf(index.get().settings())));
        return deletion(
                details,
                everywhere(index.get()),
                (_, place) -> post(place.markedPath("/documents/delete"), NodeBody.json(body)));
    }

    /** A deletion of all documents. */
    Item clear(WriteRequest request, Optional<IndexView> index, Details details) {
        if (index.isEmpty()) {
            return missing(request, details);
        }
        return deletion(
                details,
                everywhere(index.get()),
                (_, place) ->
                        new NodeRequest(
                                        "write",
                                        "DELETE",
                                        place.markedPath("/documents"),
                                        null,
                                        context.settings().sendTimeout())
                                .expecting(AnswerShape.ENQUEUED));
    }

    private interface Request {
        NodeRequest of(String node, Place place);
    }

    private static Item deletion(Details details, Scope scope, Request request) {
        return new Item(
                TaskType.DOCUMENT_DELETION,
                details,
                scope,
                (node, place) -> List.of(new Item.Step(request.of(node, place), place.mark())),
                Item.Effects.none(),
                List.of());
    }

    private Item missing(WriteRequest request, Details details) {
        return Item.failed(
                TaskType.DOCUMENT_DELETION,
                details,
                Scope.nothing(context.fleet().topology(context.fleet().shards()), Intend.ALLOT),
                IndexUid.notFound(request.indexUid()));
    }

    private NodeRequest post(String target, NodeBody body) {
        return NodeRequest.post("write", target, body, context.settings().sendTimeout())
                .expecting(AnswerShape.ENQUEUED);
    }

    private Scope everywhere(IndexView index) {
        return scope(index, ShardSet.all(index.topology().shards()));
    }

    private Scope scope(IndexView index, ShardSet shards) {
        WritePlan plan = WritePlan.of(index.topology(), index, context::writable, shards);
        return new Scope(index.topology(), index.row().incarnation(), shards, plan);
    }

    private static List<String> targetsOf(int shard, Topology topology, Optional<IndexView> index) {
        if (index.isEmpty()) {
            return topology.writeTargets(shard);
        }
        return topology.nodes().stream()
                .filter(node -> WritePlan.isSent(index.get().state(node, shard)))
                .toList();
    }

    private static Details writeDetails(WriteRequest request, long received) {
        ObjectNode visible = Json.object();
        visible.put("receivedDocuments", received);
        visible.putNull("indexedDocuments");
        return Details.of(visible).tagged(request.parameter(WriteRequest.CUSTOM_METADATA));
    }

    private static ApiException keyTaken(@Nullable String known) {
        return new ApiException(
                ErrorCode.INDEX_PRIMARY_KEY_ALREADY_EXISTS,
                "Index already has a primary key: `" + known + "`.");
    }

    private static String encoded(@Nullable String text) {
        return text == null ? "" : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
