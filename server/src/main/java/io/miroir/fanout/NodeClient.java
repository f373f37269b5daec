package io.miroir.fanout;

/** The way to one node. Safe for many threads. */
@FunctionalInterface
public interface NodeClient {
    /**
     * Sends a request and waits for what becomes of it, at most its timeout. An interrupt ends the
     * wait with a {@link NodeReply.Kind#TIMEOUT}, and the exchange with it.
     */
    NodeReply send(NodeRequest request);

    /** Ends what is under way, and refuses what comes. */
    default void close() {}
}
