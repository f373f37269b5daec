package io.miroir.store;

/**
 * What the pods must remember together. One room a table; each room's writes are commands that take
 * effect on every pod in the same order, its reads name their {@link ReadLevel}.
 *
 * <p>All times are epoch microseconds of <em>store time</em>: the leader's stamp, never a caller's
 * clock, never going back (protocol rule 19).
 *
 * <p>Methods block the calling thread (use virtual threads) for at most the configured deadline;
 * none hangs without a quorum. All methods may be called from any thread.
 */
public interface TaskStore extends Rooms, AutoCloseable {

    /** What this pod is and how far it has come; cheap, from memory. */
    StoreStatus status();

    /**
     * This pod's estimate of store time, epoch microseconds: the last applied stamp and what went
     * by since on the monotonic clock. For expiries that callers compute.
     */
    long nowMicros();

    /**
     * The same rooms for a leader's duty: their commands take effect only in the given term, else
     * they are refused as {@link Refusal.Deposed} by every pod alike.
     */
    Rooms fencedBy(long term);

    /**
     * Waits until this pod has applied everything that was acknowledged anywhere before the call.
     * Answers the applied index; refused when no quorum confirms in time.
     */
    Reply<Long> barrier();

    /**
     * Follows the changes as this pod applies them. The first call the watcher gets is {@link
     * Watcher#resync}; it is made on a thread of the store's own, one per watcher.
     */
    Watch watch(Watcher watcher);

    /** Follows this pod's leadership; told at once what holds now. */
    Watch watchLeadership(LeadershipWatcher watcher);

    /**
     * Digest of every table at one applied index. Pods at the same index have the same digests.
     * Reads the whole database: for tests, backups and operators.
     */
    Digests digests();

    /** Hands leadership over where it can, finishes what is under way, closes the database. */
    @Override
    void close();
}
