package io.miroir.store.backup;

/**
 * Whose state a backup is.
 *
 * @param clusterId empty where there is none
 * @param backend {@code sqlite} or {@code raft}
 */
public record Origin(String clusterId, String podId, String backend) {}
