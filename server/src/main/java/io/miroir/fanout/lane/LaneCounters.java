package io.miroir.fanout.lane;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the lanes of a pod have done since it started.
 *
 * @param merged writes that reached nodes in a request that they shared with others
 * @param mergedRequests such requests, one for each node
 * @param takenApart those that a node did not take, and whose writes it was sent one by one
 * @param refusedFull writes that were refused since too many waited
 * @param refusedLate writes that were refused since their turn did not come
 * @param heldNanos for how long writes were held
 */
record LaneCounters(
        LongAdder merged,
        LongAdder mergedRequests,
        LongAdder takenApart,
        LongAdder refusedFull,
        LongAdder refusedLate,
        LongAdder heldNanos) {

    static LaneCounters none() {
        return new LaneCounters(
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder());
    }
}
