package io.miroir.cluster.peer;

import java.time.Duration;

/** What this pod tells others of itself. */
public interface Standing {
    /** Whether it can run lanes now. */
    boolean runsLanes();

    /**
     * The last command whose effect its reads see.
     *
     * @param atLeast waits for this command
     * @param timeout at most so long
     */
    long applied(long atLeast, Duration timeout) throws InterruptedException;
}
