package io.miroir.capability.partitioned.repair;

/**
 * How much repair may take.
 *
 * @param documentsPerSecondMax that one copy compares
 * @param copiesMax under way on this pod at a time
 * @param bounds of each of them
 */
public record RepairRules(int documentsPerSecondMax, int copiesMax, CopyBounds bounds) {}
