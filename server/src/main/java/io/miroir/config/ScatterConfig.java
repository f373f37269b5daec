package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * How a request is spread over nodes.
 *
 * @param nodeTimeoutMs longest wait for one node
 * @param retryOnTimeout asks another replica after a timeout
 * @param maxAnswerBytes of nodes' answers that all reads together hold; 0: an eighth of the heap
 * @param unavailableShardPolicy what is answered when a shard has no live replica
 * @param staleViewPolicy what is answered by a pod that lost touch with the others
 */
public record ScatterConfig(
        @Default("5000") @Range(min = 10, max = 600000) long nodeTimeoutMs,
        @Default("true") boolean retryOnTimeout,
        @Default("0") @Range(min = 0, max = 1099511627776.0) long maxAnswerBytes,
        @Default("partial") Policy unavailableShardPolicy,
        @Default("partial") Policy staleViewPolicy) {

    /** What becomes of an answer that would not be whole or not be new. */
    public enum Policy {
        /** It is given, and says so in X-Miroir-Degraded. */
        PARTIAL,
        /** It is refused with 503. */
        ERROR
    }
}
