package io.miroir.cluster.lease;

/** Waits for all pods (protocol, rule 9). */
@FunctionalInterface
public interface EveryPod {
    /** Comes back when none of them goes by less than this one has applied by now. */
    void awaitSeen() throws InterruptedException;
}
