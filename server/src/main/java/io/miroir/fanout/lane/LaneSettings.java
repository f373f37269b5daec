package io.miroir.fanout.lane;

import java.time.Duration;

/**
 * Limits of write lanes.
 *
 * @param sendTimeout for one request of a write to one node
 * @param retryTime how long a node that can't be connected is tried again
 * @param turnTimeout how long a write waits for those before it
 * @param storeTimeout how long the effect of a command may take to be seen here
 * @param idempotencyTtl how long a client's idempotency key lives; zero if keys are ignored
 * @param waitingWritesMax writes of one lane that may wait for their turn
 */
public record LaneSettings(
        Duration sendTimeout,
        Duration retryTime,
        Duration turnTimeout,
        Duration storeTimeout,
        Duration idempotencyTtl,
        int waitingWritesMax) {}
