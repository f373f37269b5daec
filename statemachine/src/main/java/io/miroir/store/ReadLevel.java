package io.miroir.store;

/** How fresh a read must be. */
public enum ReadLevel {
    /** This pod's own database: never waits, may lag behind the leader by a measured time. */
    LOCAL,
    /**
     * Sees every command that was acknowledged, on any pod, before the read began. Costs a round to
     * a quorum; throws {@link StoreUnavailableException} when none answers within the deadline.
     */
    LINEARIZABLE
}
