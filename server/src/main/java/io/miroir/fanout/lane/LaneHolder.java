package io.miroir.fanout.lane;

import java.util.Optional;

/** Who can stop an index's lane for a moment. */
public interface LaneHolder {
    /** True if this pod runs the lane, as far as it can see. */
    boolean owns(String lane);

    /**
     * Whether a node's replicas may be copied to, which means that all writes are sent to it. Not
     * one that took a write too late not long ago: they would wait for it again.
     */
    boolean mayFeed(String node);

    /**
     * Does something while no write of this pod's lane begins, and none is between its nodes and
     * its bind.
     *
     * @return empty if the lane is another pod's, or the writes before it last too long
     */
    <T> Optional<T> hold(String lane, Held<T> work) throws InterruptedException;

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Held<T> {
        /**
         * Does it; every write waits for its end.
         *
         * @param epoch under which this pod runs the lane: all that was sent under it is bound, but
         *     for a write that is left until a node says what it has of it; no other is sent
         *     meanwhile
         */
        T run(long epoch) throws InterruptedException;
    }
}
