package io.miroir.fanout.read;

import java.time.Duration;

/**
 * Limits of reads.
 *
 * @param nodeTimeout for one request to one node
 * @param partial true if an answer that lacks shards is given and says so; false if it is refused
 * @param keyLiteralsMax keys in a filter that leaves only their shards to ask; 0 to ask all always
 */
public record ReadSettings(Duration nodeTimeout, boolean partial, int keyLiteralsMax) {
    /** How long a read may go on asking by what was believed of replicas when it began. */
    public Duration longest() {
        // It may wait as long for room for the answers before it asks.
        return nodeTimeout.multipliedBy(1 + Cover.ROUNDS_MAX);
    }
}
