package io.miroir.store.replica;

/** One replica: a shard on a node. The order is the stored byte: append only. */
public enum ShardState {
    NOT_HELD(0),
    /** Accepted every bound write: may be read. */
    IN_SYNC(1),
    /** Missed the last moments, is fed from the lane's buffer, not read. */
    LAGGING(2),
    /** Must be copied from an in-sync replica. */
    OUT(3),
    /** Nobody knows: must be digested. */
    UNVERIFIED(4),
    /**
     * Its documents come or go: neither read nor written to. It counts as held, so that searches of
     * the node's other shards filter from before the first one comes until the last one is gone.
     */
    MOVING(5);

    private final int code;

    ShardState(int code) {
        this.code = code;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** Whether it is read, fed, or to be brought back. */
    public boolean isKept() {
        return switch (this) {
            case IN_SYNC, LAGGING, OUT, UNVERIFIED -> true;
            case NOT_HELD, MOVING -> false;
        };
    }

    /** By stored number; an unknown one is a bug or a corruption and throws. */
    public static ShardState ofCode(int code) {
        for (ShardState value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        throw new IllegalArgumentException("no shard state " + code);
    }
}
