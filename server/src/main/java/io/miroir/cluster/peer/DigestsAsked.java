package io.miroir.cluster.peer;

import java.util.UUID;

/**
 * Which digests a pod asks for.
 *
 * @param clusterId its cluster
 * @param atLeast at this entry of the log or a later one
 * @param databaseFormat of its database file
 */
public record DigestsAsked(UUID clusterId, long atLeast, int databaseFormat) {}
