package io.miroir.api.keys;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key. Its secret value is not stored: it follows from the uid and the master key.
 *
 * @param uid a UUID in lower case
 */
public record ApiKey(String uid, Label label, Grant grant, Instant createdAt, Instant updatedAt) {

    /** What people call it and why it exists. */
    public record Label(@Nullable String name, @Nullable String description) {}

    /**
     * What it may do, where, and until when.
     *
     * @param expiresAt null for ever
     */
    public record Grant(
            List<Action> actions, List<IndexPattern> indexes, @Nullable OffsetDateTime expiresAt) {
        public Grant {
            actions = List.copyOf(actions);
            indexes = List.copyOf(indexes);
        }

        boolean isLiveAt(Instant now) {
            return expiresAt == null || now.isBefore(expiresAt.toInstant());
        }

        boolean reaches(String indexUid) {
            return indexes.stream().anyMatch(pattern -> pattern.matches(indexUid));
        }

        boolean reachesAll() {
            return indexes.stream().anyMatch(IndexPattern::matchesAll);
        }
    }

    /** The key under another label. */
    public ApiKey relabelled(Label other, Instant now) {
        return new ApiKey(uid, other, grant, createdAt, now);
    }

    /** The key object, with the value that clients send. */
    public ObjectNode toJson(String value) {
        ObjectNode json = Json.object();
        json.put("name", label.name);
        json.put("description", label.description);
        json.put("key", value);
        json.put("uid", uid);
        var actions = json.putArray("actions");
        grant.actions.forEach(action -> actions.add(action.wireName()));
        var indexes = json.putArray("indexes");
        grant.indexes.forEach(pattern -> indexes.add(pattern.text()));
        json.put("expiresAt", grant.expiresAt == null ? null : Timestamps.rfc3339(grant.expiresAt));
        json.put("createdAt", Timestamps.rfc3339(createdAt));
        json.put("updatedAt", Timestamps.rfc3339(updatedAt));
        return json;
    }

    /** Reads a key back from {@link #toJson}. */
    public static ApiKey fromJson(JsonNode json) {
        List<Action> actions =
                json.get("actions").valueStream().map(a -> Action.named(a.stringValue())).toList();
        List<IndexPattern> indexes =
                json.get("indexes")
                        .valueStream()
                        .map(i -> new IndexPattern(i.stringValue()))
                        .toList();
        JsonNode expiry = json.get("expiresAt");
        return new ApiKey(
                json.get("uid").stringValue(),
                new Label(text(json.get("name")), text(json.get("description"))),
                new Grant(
                        actions,
                        indexes,
                        expiry.isNull() ? null : OffsetDateTime.parse(expiry.stringValue())),
                Instant.parse(json.get("createdAt").stringValue()),
                Instant.parse(json.get("updatedAt").stringValue()));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.stringValue();
    }
}
