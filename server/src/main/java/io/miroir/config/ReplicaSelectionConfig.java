package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Which replica is asked.
 *
 * @param enabled off: replicas are taken in turn
 * @param strategy how one is chosen
 * @param latencyWeight weight of the latency in milliseconds
 * @param inflightWeight weight of the requests under way
 * @param errorWeight weight of the error rate
 * @param ewmaHalfLifeMs time in which an observation loses half its weight
 * @param explorationEpsilon share of choices made at random
 */
public record ReplicaSelectionConfig(
        @Default("true") boolean enabled,
        @Default("adaptive") Strategy strategy,
        @Default("1.0") @Range(min = 0, max = 1000) double latencyWeight,
        @Default("2.0") @Range(min = 0, max = 1000) double inflightWeight,
        @Default("10.0") @Range(min = 0, max = 1000) double errorWeight,
        @Default("5000") @Range(min = 10, max = 3600000) long ewmaHalfLifeMs,
        @Default("0.05") @Range(min = 0, max = 1) double explorationEpsilon) {

    /** Ways to choose. */
    public enum Strategy {
        ADAPTIVE,
        ROUND_ROBIN,
        RANDOM
    }
}
