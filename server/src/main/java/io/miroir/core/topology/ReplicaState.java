package io.miroir.core.topology;

/** What is known of one shard on one node; the codes are what the task store keeps. */
public enum ReplicaState {
    /** The node has no document of the shard. */
    NOT_HELD(0),
    /** Accepted every bound write: read from and written to. */
    IN_SYNC(1),
    /** Missed the last moments and is being fed in order; not read from. */
    LAGGING(2),
    /** Must be copied from another; not read from. */
    OUT(3),
    /** Nobody knows, as after a restore; not read from until digested. */
    UNVERIFIED(4),
    /** Its documents come or go: neither read nor written to. */
    MOVING(5);

    private final byte code;

    ReplicaState(int code) {
        this.code = (byte) code;
    }

    /**
     * The state with a stored code.
     *
     * @throws IllegalArgumentException for a code that no version has written
     */
    public static ReplicaState of(byte code) {
        return switch (code) {
            case 0 -> NOT_HELD;
            case 1 -> IN_SYNC;
            case 2 -> LAGGING;
            case 3 -> OUT;
            case 4 -> UNVERIFIED;
            case 5 -> MOVING;
            default -> throw new IllegalArgumentException("replica state " + code);
        };
    }

    /** The byte that the task store keeps. */
    public byte code() {
        return code;
    }
}
