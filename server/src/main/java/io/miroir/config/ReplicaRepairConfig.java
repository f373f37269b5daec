package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Brings replicas back that missed something.
 *
 * @param enabled off: they stay out, and are not read
 * @param maxDocumentsPerSecond that one copy compares
 * @param maxConcurrentCopies that one pod makes at a time
 */
public record ReplicaRepairConfig(
        @Default("true") boolean enabled,
        @Default("10000") @Range(min = 1, max = 10000000) int maxDocumentsPerSecond,
        @Default("2") @Range(min = 1, max = 64) int maxConcurrentCopies) {}
