package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Scheme;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry traces.
 *
 * @param enabled off: nothing is recorded
 * @param endpoint OTLP collector
 * @param serviceName name in the traces
 * @param sampleRate share of requests
 */
public record TracingConfig(
        @Default("false") boolean enabled,
        @Scheme({"http", "https"}) @Nullable URI endpoint,
        @Default("miroir") String serviceName,
        @Default("0.1") @Range(min = 0, max = 1) double sampleRate) {}
