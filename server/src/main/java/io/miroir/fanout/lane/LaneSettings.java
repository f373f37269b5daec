package io.miroir.fanout.lane;

import java.time.Duration;

/**
 * Limits of write lanes.
 *
 * @param sendTimeout for one request of a write to one node
 * @param retryTime how long a node that can't be connected is tried again, and how long one that
 *     lags is waited for when the others are done
 * @param turnTimeout how long a write waits for those before it
 * @param storeTimeout how long the effect of a command may take to be seen here
 * @param idempotencyTtl how long a client's idempotency key lives; zero if keys are ignored
 * @param waitingWritesMax writes of one lane that may wait for their turn
 * @param merging what shares a turn, and a request
 */
public record LaneSettings(
        Duration sendTimeout,
        Duration retryTime,
        Duration turnTimeout,
        Duration storeTimeout,
        Duration idempotencyTtl,
        int waitingWritesMax,
        Merging merging) {

    /**
     * What may go together. Nobody waits to be merged, so how old a merged write can be is said by
     * {@code turnTimeout}.
     *
     * @param requestsMax writes of one turn; 1 merges nothing
     * @param documentsMax documents of one merged request
     * @param bytesMax bodies of one turn, as clients sent them
     */
    public record Merging(int requestsMax, int documentsMax, long bytesMax) {}
}
