package io.miroir.embedded.store;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An index in the catalogue. Its name may change; its directory never does.
 *
 * @param uid its name
 * @param directory where its documents are
 * @param primaryKey null while none is known
 * @param settings its complete settings
 */
public record IndexRow(
        String uid,
        String directory,
        @Nullable String primaryKey,
        ObjectNode settings,
        Instant createdAt,
        Instant updatedAt) {

    /** The same index under another name. */
    public IndexRow named(String other) {
        return new IndexRow(other, directory, primaryKey, settings, createdAt, updatedAt);
    }

    /** The same index after a change. */
    public IndexRow changed(
            @Nullable String newPrimaryKey, ObjectNode newSettings, Instant changedAt) {
        return new IndexRow(uid, directory, newPrimaryKey, newSettings, createdAt, changedAt);
    }

    /** The index object that clients see. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("uid", uid);
        json.put("createdAt", Timestamps.rfc3339(createdAt));
        json.put("updatedAt", Timestamps.rfc3339(updatedAt));
        json.put("primaryKey", primaryKey);
        return json;
    }

    ObjectNode toRow() {
        ObjectNode json = toJson();
        json.put("directory", directory);
        json.set("settings", settings);
        return json;
    }

    static IndexRow fromRow(JsonNode json) {
        JsonNode key = json.get("primaryKey");
        return new IndexRow(
                json.get("uid").stringValue(),
                json.get("directory").stringValue(),
                key.isNull() ? null : key.stringValue(),
                (ObjectNode) json.get("settings"),
                Instant.parse(json.get("createdAt").stringValue()),
                Instant.parse(json.get("updatedAt").stringValue()));
    }
}
