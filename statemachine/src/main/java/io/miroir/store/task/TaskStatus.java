package io.miroir.store.task;

import java.util.Locale;
import java.util.Optional;

/** A task's life. */
public enum TaskStatus {
    ENQUEUED(0),
    PROCESSING(1),
    SUCCEEDED(2),
    FAILED(3),
    CANCELED(4);

    private final int code;
    private final String wireName = name().toLowerCase(Locale.ROOT);

    TaskStatus(int code) {
        this.code = code;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** As clients read it: {@code enqueued}. */
    public String wireName() {
        return wireName;
    }

    /** Whether the task is done; such a status never changes. */
    public boolean terminal() {
        return this != ENQUEUED && this != PROCESSING;
    }

    /** By wire name, in any case. */
    public static Optional<TaskStatus> of(String wireName) {
        for (TaskStatus status : values()) {
            if (status.wireName.equalsIgnoreCase(wireName)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    /** By stored number; an unknown one is a bug or a corruption and throws. */
    public static TaskStatus ofCode(int code) {
        for (TaskStatus value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        throw new IllegalArgumentException("no task status " + code);
    }
}
