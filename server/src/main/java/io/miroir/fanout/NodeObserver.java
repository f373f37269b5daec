package io.miroir.fanout;

/** Learns how every exchange with a node went. */
@FunctionalInterface
public interface NodeObserver {
    /** Called once for each reply, on the thread that asked; must return at once. */
    void replied(String nodeId, NodeRequest request, NodeReply reply, long tookNanos);

    /** Tells both. */
    default NodeObserver and(NodeObserver other) {
        return (nodeId, request, reply, tookNanos) -> {
            replied(nodeId, request, reply, tookNanos);
            other.replied(nodeId, request, reply, tookNanos);
        };
    }
}
