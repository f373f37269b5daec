package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Reads that see a session's own writes.
 *
 * @param enabled off: X-Miroir-Session is ignored
 * @param ttlSeconds life of a session without use
 * @param maxSessions sessions remembered
 * @param waitStrategy what a read does that comes before its write
 * @param maxWaitMs longest such wait
 */
public record SessionPinningConfig(
        @Default("true") boolean enabled,
        @Default("900") @Range(min = 1, max = 2592000) int ttlSeconds,
        @Default("100000") @Range(min = 1, max = 10000000) int maxSessions,
        @Default("block") WaitStrategy waitStrategy,
        @Default("5000") @Range(min = 0, max = 600000) long maxWaitMs) {

    /** What a read does that comes before its write is applied. */
    public enum WaitStrategy {
        /** It waits. */
        BLOCK,
        /** It goes to a replica that has it. */
        ROUTE_PIN
    }
}
