package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * The Prometheus port.
 *
 * @param enabled off: no port is opened
 * @param bind address to listen on
 * @param port 0 takes any free port
 */
public record MetricsConfig(
        @Default("true") boolean enabled,
        @Default("0.0.0.0") String bind,
        @Default("9090") @Range(min = 0, max = 65535) int port) {}
