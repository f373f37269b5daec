package io.miroir.embedded.tasks;

import io.miroir.api.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code details} of tasks. A null count is one that is not known yet. */
public final class Details {
    private Details() {}

    /** Of an addition. */
    public static ObjectNode addition(long received, @Nullable Long indexed) {
        return Json.object().put("receivedDocuments", received).put("indexedDocuments", indexed);
    }

    /** Of a deletion by ids or by filter; the filter is told as JSON text. */
    public static ObjectNode deletion(
            long providedIds, @Nullable Long deleted, @Nullable JsonNode filter) {
        return Json.object()
                .put("providedIds", providedIds)
                .put("deletedDocuments", deleted)
                .put("originalFilter", filter == null ? null : Json.text(filter));
    }

    /** Of a deletion of all documents, or of an index. */
    public static ObjectNode clearing(@Nullable Long deleted) {
        return Json.object().put("deletedDocuments", deleted);
    }

    /** Of the creation of an index. */
    public static ObjectNode creation(@Nullable String primaryKey) {
        return Json.object().put("primaryKey", primaryKey);
    }

    /** Of a change of an index; {@code newUid} is null unless it is renamed. */
    public static ObjectNode update(
            @Nullable String primaryKey, String uid, @Nullable String newUid) {
        ObjectNode details = creation(primaryKey);
        if (newUid != null) {
            details.put("oldIndexUid", uid).put("newIndexUid", newUid);
        }
        return details;
    }

    /** Of a compaction that is done; sizes in bytes. */
    static ObjectNode compaction(long before, long after) {
        return Json.object()
                .put("preCompactionSize", before + " B")
                .put("postCompactionSize", after + " B");
    }

    /** Of a cancelation. */
    public static ObjectNode cancelation(
            long matched, @Nullable Long canceled, String originalFilter) {
        return Json.object()
                .put("matchedTasks", matched)
                .put("canceledTasks", canceled)
                .put("originalFilter", originalFilter);
    }

    /** Of a deletion of tasks. */
    public static ObjectNode taskDeletion(
            long matched, @Nullable Long deleted, String originalFilter) {
        return Json.object()
                .put("matchedTasks", matched)
                .put("deletedTasks", deleted)
                .put("originalFilter", originalFilter);
    }

    /** The details with one count filled in. */
    static ObjectNode with(@Nullable ObjectNode details, String count, long value) {
        ObjectNode filled = details == null ? Json.object() : details.deepCopy();
        return filled.put(count, value);
    }
}
