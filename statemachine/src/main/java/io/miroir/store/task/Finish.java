package io.miroir.store.task;

import io.miroir.store.index.IndexEffect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task's end.
 *
 * @param epoch the lane's current epoch as its owner knows it; {@link #NO_LANE} for a task outside
 *     lanes
 * @param status a terminal one
 * @param detailsJson replaces the details, null keeps them
 * @param canceledBy uid of the task that cancelled it; only with status {@code CANCELED}
 * @param effects what it does to the catalogue; only if this command ends the task
 */
public record Finish(
        long uid,
        long epoch,
        TaskStatus status,
        @Nullable String detailsJson,
        @Nullable String errorJson,
        @Nullable Long canceledBy,
        List<IndexEffect> effects) {

    public static final long NO_LANE = 0;

    public Finish {
        if (!status.terminal()) {
            throw new IllegalArgumentException(status + " is no end");
        }
        if (canceledBy != null && status != TaskStatus.CANCELED) {
            throw new IllegalArgumentException(status + " is no cancelation");
        }
    }

    /** An end that nobody cancelled. */
    public static Finish of(
            long uid,
            long epoch,
            TaskStatus status,
            @Nullable String detailsJson,
            @Nullable String errorJson,
            List<IndexEffect> effects) {
        return new Finish(uid, epoch, status, detailsJson, errorJson, null, effects);
    }
}
