package io.miroir.store.task;

import io.miroir.store.seal.Seals;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One task.
 *
 * @param uid dense integer, from 0
 * @param batchUid set when it starts
 * @param indexUid the client's name of the index, null for tasks of no single index
 * @param canceledBy uid of the task that cancelled it
 * @param dates when it took its steps
 * @param origin how it came about; null for tasks outside lanes
 * @param names what a task of several indexes speaks of, in its order
 */
public record TaskRow(
        long uid,
        @Nullable Long batchUid,
        @Nullable String indexUid,
        TaskType type,
        TaskStatus status,
        @Nullable Long canceledBy,
        String detailsJson,
        @Nullable String errorJson,
        Dates dates,
        @Nullable Origin origin,
        List<String> names) {

    /** The same task, which speaks of these names. */
    TaskRow naming(List<String> spokenOf) {
        return spokenOf.isEmpty()
                ? this
                : new TaskRow(
                        uid,
                        batchUid,
                        indexUid,
                        type,
                        status,
                        canceledBy,
                        detailsJson,
                        errorJson,
                        dates,
                        origin,
                        List.copyOf(spokenOf));
    }

    /** The same task, its secrets open as far as they can be. */
    TaskRow opened(Seals seals) {
        String opened = seals.openJson(detailsJson);
        return opened.equals(detailsJson)
                ? this
                : new TaskRow(
                        uid,
                        batchUid,
                        indexUid,
                        type,
                        status,
                        canceledBy,
                        opened,
                        errorJson,
                        dates,
                        origin,
                        names);
    }

    /** Store times, epoch microseconds. */
    public record Dates(long enqueuedAt, @Nullable Long startedAt, @Nullable Long finishedAt) {}

    /**
     * The lane item that became this task.
     *
     * @param epoch the claim under which it was bound
     * @param incarnation the index's, 0 for none
     * @param accepted node id to the node's task uid
     * @param missed node id to why it did not take the write
     */
    public record Origin(
            String lane,
            long epoch,
            long position,
            long incarnation,
            Map<String, Long> accepted,
            Map<String, String> missed) {}
}
