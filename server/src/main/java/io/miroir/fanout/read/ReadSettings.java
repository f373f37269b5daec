package io.miroir.fanout.read;

import java.time.Duration;

/**
 * Limits of reads.
 *
 * @param nodeTimeout for one request to one node
 * @param partial true if an answer that lacks shards is given and says so; false if it is refused
 */
public record ReadSettings(Duration nodeTimeout, boolean partial) {}
