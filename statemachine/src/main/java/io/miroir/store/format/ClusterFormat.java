package io.miroir.store.format;

import io.miroir.store.Reply;

/**
 * The format of commands that the cluster has agreed on: one row. Commands and fields of a later
 * one are refused, as a pod that runs an earlier program would have to stop (protocol rule 20).
 */
public interface ClusterFormat {

    /** As far as this pod has applied it; from memory. */
    int current();

    /** Whether what came with a format may be proposed from this pod. */
    default boolean atLeast(int format) {
        return current() >= format;
    }

    /**
     * Raises it for all pods; one that is lower than the cluster's changes nothing. Only for a
     * leader that has heard from every member that it knows the format.
     *
     * @return what holds now
     */
    Reply<Integer> raise(int format);
}
