package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * How further pods find the group.
 *
 * @param serviceName DNS name that lists all pods
 * @param refreshIntervalS time between two look-ups
 */
public record PeerDiscoveryConfig(
        @Default("miroir-headless") String serviceName,
        @Default("15") @Range(min = 1, max = 3600) int refreshIntervalS) {}
