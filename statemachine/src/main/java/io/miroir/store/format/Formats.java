package io.miroir.store.format;

/**
 * Where a pod stands with the formats of commands.
 *
 * @param cluster the highest that may come into the log, as far as this pod has applied it
 * @param known the highest that this pod's program knows
 */
public record Formats(int cluster, int known) {}
