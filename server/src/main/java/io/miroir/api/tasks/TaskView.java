package io.miroir.api.tasks;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task as clients see it.
 *
 * @param details what is told besides, by type; null for nothing
 * @param error why it failed; null unless it did
 */
public record TaskView(
        Ids ids,
        Subject subject,
        TaskStatus status,
        Times times,
        @Nullable ObjectNode details,
        @Nullable ObjectNode error) {

    /**
     * Its numbers.
     *
     * @param batchUid null until work on it begins
     * @param canceledBy the task that canceled it; null unless one did
     */
    public record Ids(long uid, @Nullable Long batchUid, @Nullable Long canceledBy) {}

    /**
     * What it is about.
     *
     * @param indexUids the index, both indexes of each swap, or none
     * @param customMetadata the client's own words; null for none
     */
    public record Subject(TaskType type, List<String> indexUids, @Nullable String customMetadata) {
        public Subject {
            indexUids = List.copyOf(indexUids);
        }

        /** The one index it is about; null for tasks on several or none. */
        public @Nullable String indexUid() {
            return type != TaskType.INDEX_SWAP && indexUids.size() == 1
                    ? indexUids.getFirst()
                    : null;
        }
    }

    /**
     * When it was accepted, begun and ended.
     *
     * @param startedAt null until it begins
     * @param finishedAt null until it ends
     */
    public record Times(
            Instant enqueuedAt, @Nullable Instant startedAt, @Nullable Instant finishedAt) {
        /** How long the work took; null until it ends, and for tasks that never began. */
        public @Nullable Duration duration() {
            return startedAt == null || finishedAt == null
                    ? null
                    : Duration.between(startedAt, finishedAt);
        }
    }

    /** The task object. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("uid", ids.uid);
        json.put("batchUid", ids.batchUid);
        json.put("indexUid", subject.indexUid());
        json.put("status", status.wireName());
        json.put("type", subject.type.wireName());
        json.put("canceledBy", ids.canceledBy);
        if (details != null) {
            json.set("details", details);
        }
        if (error == null) {
            json.putNull("error");
        } else {
            json.set("error", error);
        }
        Duration duration = times.duration();
        json.put("duration", duration == null ? null : Timestamps.iso8601(duration));
        json.put("enqueuedAt", Timestamps.rfc3339(times.enqueuedAt));
        json.put("startedAt", orNull(times.startedAt));
        json.put("finishedAt", orNull(times.finishedAt));
        if (subject.customMetadata != null) {
            json.put("customMetadata", subject.customMetadata);
        }
        return json;
    }

    /** What the request that made the task is answered. */
    public ObjectNode toSummaryJson() {
        ObjectNode json = Json.object();
        json.put("taskUid", ids.uid);
        json.put("indexUid", subject.indexUid());
        json.put("status", status.wireName());
        json.put("type", subject.type.wireName());
        json.put("enqueuedAt", Timestamps.rfc3339(times.enqueuedAt));
        if (subject.customMetadata != null) {
            json.put("customMetadata", subject.customMetadata);
        }
        return json;
    }

    private static @Nullable String orNull(@Nullable Instant time) {
        return time == null ? null : Timestamps.rfc3339(time);
    }
}
