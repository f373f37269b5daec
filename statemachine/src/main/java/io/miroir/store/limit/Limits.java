package io.miroir.store.limit;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;

/** The group's limits: one row. It never expires. */
public interface Limits {

    /** What holds; a new store has {@link StoreLimits#DEFAULT} as version 1. */
    LimitsRow get(ReadLevel level);

    /**
     * Sets them for all pods, from the next command on. A lower cap removes nothing at once: what
     * is too much goes with the writes and the sweeps that follow.
     *
     * @param expectedVersion the version that was read
     */
    Reply<Setting> set(StoreLimits limits, long expectedVersion);

    /** What came of a {@link #set}. */
    sealed interface Setting {
        record Set(long version) implements Setting {}

        /** Another change came between. */
        record Changed(long version) implements Setting {}
    }
}
