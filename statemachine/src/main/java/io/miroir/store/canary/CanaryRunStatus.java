package io.miroir.store.canary;

/** How a canary's run ended. */
public enum CanaryRunStatus {
    PASS(0),
    FAIL(1),
    ERROR(2);

    private final int code;

    CanaryRunStatus(int code) {
        this.code = code;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** By stored number; an unknown one is a bug or a corruption and throws. */
    public static CanaryRunStatus ofCode(int code) {
        for (CanaryRunStatus value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        throw new IllegalArgumentException("no canary run status " + code);
    }
}
