package io.miroir.cluster.peer;

import java.io.InputStream;
import java.time.Duration;

/** Runs the writes that other pods pass on. */
public interface PassedWriteHandler {
    /** True if this pod believes that it runs the lane. */
    boolean owns(String lane);

    /**
     * Lets a lane go that another pod is to run, once the write at hand in it has ended.
     *
     * @return false if this pod believes that it runs the lane itself, or the write lasts longer
     *     than {@code patience}
     */
    boolean letGo(String lane, Duration patience) throws InterruptedException;

    /** Runs a write; the body can be read once, on this thread. */
    PassedAnswer run(PassedWrite write, InputStream body);
}
