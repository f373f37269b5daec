package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * What the autoscaler of pods is told: a check of the shape, the pod itself does not scale.
 *
 * @param enabled needs three pods and the raft store
 * @param minReplicas the voters
 * @param maxReplicas voters and listeners
 */
public record HpaConfig(
        @Default("false") boolean enabled,
        @Default("3") @Range(min = 3, max = 24) int minReplicas,
        @Default("24") @Range(min = 3, max = 24) int maxReplicas) {}
