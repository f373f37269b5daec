package io.miroir.embedded.store;

import io.miroir.api.Json;
import io.miroir.api.indexes.Swap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** What a task is to do: everything needed to do it (again) after a restart. */
public sealed interface Work {

    /**
     * Adds the documents of a payload file.
     *
     * @param file its name
     * @param partial whether documents add to those there are, instead of replacing them
     * @param primaryKey as the client named it; null if it did not
     * @param mayCreateIndex whether an absent index is created
     * @param skipCreation whether documents that are not there yet are left out
     */
    record AddDocuments(
            String file,
            boolean partial,
            @Nullable String primaryKey,
            boolean mayCreateIndex,
            boolean skipCreation)
            implements Work {}

    /** Deletes documents by id. */
    record DeleteByIds(List<String> ids) implements Work {
        public DeleteByIds {
            ids = List.copyOf(ids);
        }
    }

    /** Deletes the documents that a filter selects. */
    record DeleteByFilter(JsonNode filter) implements Work {}

    /** Deletes all documents. */
    record ClearDocuments() implements Work {}

    /** Changes settings. */
    record ChangeSettings(ObjectNode changes, boolean mayCreateIndex) implements Work {}

    /** Creates an index. */
    record CreateIndex(@Nullable String primaryKey) implements Work {}

    /** Names the primary key, or the index anew. */
    record UpdateIndex(@Nullable String primaryKey, @Nullable String newUid) implements Work {}

    /** Deletes an index. */
    record DeleteIndex() implements Work {}

    /** Makes an index as small on disk as it can be. */
    record CompactIndex() implements Work {}

    /** Swaps indexes by pairs. */
    record SwapIndexes(List<Swap> swaps) implements Work {
        public SwapIndexes {
            swaps = List.copyOf(swaps);
        }
    }

    /** Cancels tasks. */
    record CancelTasks(List<Long> uids) implements Work {
        public CancelTasks {
            uids = List.copyOf(uids);
        }
    }

    /** Forgets finished tasks. */
    record DeleteTasks(List<Long> uids) implements Work {
        public DeleteTasks {
            uids = List.copyOf(uids);
        }
    }

    /** The form it has in the journal. */
    default ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("kind", getClass().getSimpleName());
        switch (this) {
            case AddDocuments add -> {
                json.put("file", add.file);
                json.put("partial", add.partial);
                json.put("primaryKey", add.primaryKey);
                json.put("mayCreateIndex", add.mayCreateIndex);
                json.put("skipCreation", add.skipCreation);
            }
            case DeleteByIds delete -> {
                var ids = json.putArray("ids");
                delete.ids.forEach(ids::add);
            }
            case DeleteByFilter delete -> json.set("filter", delete.filter);
            case ChangeSettings change -> {
                json.set("changes", change.changes);
                json.put("mayCreateIndex", change.mayCreateIndex);
            }
            case CreateIndex create -> json.put("primaryKey", create.primaryKey);
            case UpdateIndex update -> {
                json.put("primaryKey", update.primaryKey);
                json.put("newUid", update.newUid);
            }
            case SwapIndexes swap -> {
                var swaps = json.putArray("swaps");
                for (Swap pair : swap.swaps) {
                    swaps.addObject()
                            .put("first", pair.first())
                            .put("second", pair.second())
                            .put("rename", pair.rename());
                }
            }
            case CancelTasks cancel -> putUids(json, cancel.uids);
            case DeleteTasks delete -> putUids(json, delete.uids);
            case ClearDocuments _, DeleteIndex _, CompactIndex _ -> {}
        }
        return json;
    }

    /** Reads it back. */
    static Work fromJson(JsonNode json) {
        String kind = json.get("kind").stringValue();
        return switch (kind) {
            case "AddDocuments" ->
                    new AddDocuments(
                            json.get("file").stringValue(),
                            json.get("partial").booleanValue(),
                            text(json.get("primaryKey")),
                            json.get("mayCreateIndex").booleanValue(),
                            json.get("skipCreation").booleanValue());
            case "DeleteByIds" ->
                    new DeleteByIds(
                            json.get("ids").valueStream().map(JsonNode::stringValue).toList());
            case "DeleteByFilter" -> {
                JsonNode filter = json.get("filter");
                yield new DeleteByFilter(filter == null ? NullNode.instance : filter);
            }
            case "ClearDocuments" -> new ClearDocuments();
            case "ChangeSettings" ->
                    new ChangeSettings(
                            (ObjectNode) json.get("changes"),
                            json.get("mayCreateIndex").booleanValue());
            case "CreateIndex" -> new CreateIndex(text(json.get("primaryKey")));
            case "UpdateIndex" ->
                    new UpdateIndex(text(json.get("primaryKey")), text(json.get("newUid")));
            case "CompactIndex" -> new CompactIndex();
            case "DeleteIndex" -> new DeleteIndex();
            case "SwapIndexes" -> new SwapIndexes(swaps(json.get("swaps")));
            case "CancelTasks" -> new CancelTasks(uids(json));
            case "DeleteTasks" -> new DeleteTasks(uids(json));
            default -> throw new IllegalStateException("unknown work in the journal: " + kind);
        };
    }

    private static List<Swap> swaps(JsonNode json) {
        List<Swap> swaps = new ArrayList<>();
        for (JsonNode pair : json) {
            swaps.add(
                    new Swap(
                            pair.get("first").stringValue(),
                            pair.get("second").stringValue(),
                            pair.get("rename").booleanValue()));
        }
        return swaps;
    }

    private static void putUids(ObjectNode json, List<Long> uids) {
        var array = json.putArray("uids");
        uids.forEach(array::add);
    }

    private static List<Long> uids(JsonNode json) {
        return json.get("uids").valueStream().map(JsonNode::longValue).toList();
    }

    private static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.stringValue();
    }
}
