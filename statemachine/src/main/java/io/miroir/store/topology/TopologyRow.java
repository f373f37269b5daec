package io.miroir.store.topology;

/**
 * The cluster's shape.
 *
 * @param version counts changes, from 1
 * @param json nodes, groups, shard counts in the proxy's own words
 * @param updatedAt store time
 */
public record TopologyRow(long version, String json, long updatedAt) {}
