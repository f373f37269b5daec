package io.miroir.store.replica;

/**
 * One node's replicas of one index incarnation.
 *
 * @param version counts every mark and every missed write, so that a repair that began before a
 *     miss cannot declare the replica in sync after it
 */
public record ReplicaRow(long incarnation, String nodeId, ShardStates states, long version) {}
