package io.miroir.store.job;

/** A job's life. */
public enum JobState {
    QUEUED(0),
    IN_PROGRESS(1),
    COMPLETED(2),
    FAILED(3);

    private final int code;

    JobState(int code) {
        this.code = code;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** Whether nobody works on it any more, nor is to. */
    public boolean isEnd() {
        return this == COMPLETED || this == FAILED;
    }

    /** By stored number; an unknown one is a bug or a corruption and throws. */
    public static JobState ofCode(int code) {
        for (JobState value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        throw new IllegalArgumentException("no job state " + code);
    }
}
