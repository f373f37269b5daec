package io.miroir.cluster.peer;

import java.io.InputStream;

/** Runs the writes that other pods pass on. */
public interface PassedWriteHandler {
    /** True if this pod believes that it runs the lane. */
    boolean owns(String lane);

    /** Runs a write; the body can be read once, on this thread. */
    PassedAnswer run(PassedWrite write, InputStream body);
}
