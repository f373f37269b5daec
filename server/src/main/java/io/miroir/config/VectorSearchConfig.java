package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Search by meaning over shards.
 *
 * @param enabled off: vectors and hybrid are refused
 * @param overFetchFactor hits asked of a shard for each one wanted
 * @param mergeStrategy how two rankings become one
 * @param hybridAlphaDefault weight of meaning against words
 * @param rrfK constant of reciprocal rank fusion
 */
public record VectorSearchConfig(
        @Default("true") boolean enabled,
        @Default("3") @Range(min = 1, max = 100) int overFetchFactor,
        @Default("convex") MergeStrategy mergeStrategy,
        @Default("0.5") @Range(min = 0, max = 1) double hybridAlphaDefault,
        @Default("60") @Range(min = 1, max = 10000) int rrfK) {

    /** Ways to merge. */
    public enum MergeStrategy {
        CONVEX,
        RRF
    }
}
