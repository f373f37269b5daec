package io.miroir.fanout;

/** Whatever a pod has for each node: it begins and ends with the node. Must return at once. */
public interface NodeWatcher {
    /** The node can be asked from now on. */
    void came(String nodeId);

    /** The node is asked at another address from now on; who is there nobody knows yet. */
    default void moved(String nodeId) {}

    /** The node is not of the cluster any more, and is asked nothing. */
    void went(String nodeId);
}
