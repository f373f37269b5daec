package io.miroir.api.tasks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where a task stands. */
public enum TaskStatus {
    ENQUEUED,
    PROCESSING,
    SUCCEEDED,
    FAILED,
    CANCELED;

    /** The names that clients use. */
    static final List<String> NAMES = Arrays.stream(values()).map(TaskStatus::wireName).toList();

    /** The name that clients read. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the task will not change any more. */
    public boolean isFinished() {
        return switch (this) {
            case ENQUEUED, PROCESSING -> false;
            case SUCCEEDED, FAILED, CANCELED -> true;
        };
    }

    /** The status with that name, in any case. */
    public static Optional<TaskStatus> named(String name) {
        return Arrays.stream(values())
                .filter(status -> status.wireName().equalsIgnoreCase(name))
                .findFirst();
    }
}
