package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.EnvSecret;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Scheme;
import java.net.URI;
import java.util.List;

/**
 * Repeats a share of the searches elsewhere and compares.
 *
 * @param enabled off: nothing is repeated
 * @param targets where to
 * @param diffBufferSize differences kept
 * @param maxShadowLatencyMs longest wait for the other side
 */
public record ShadowConfig(
        @Default("true") boolean enabled,
        @Range(min = 0, max = 16) List<Target> targets,
        @Default("10000") @Range(min = 0, max = 1000000) int diffBufferSize,
        @Default("5000") @Range(min = 1, max = 600000) long maxShadowLatencyMs) {

    /**
     * One other side.
     *
     * @param name in metrics and reports
     * @param url where it is
     * @param apiKeyEnv environment variable with its key
     * @param sampleRate share of requests
     * @param operations which requests
     */
    public record Target(
            String name,
            @Scheme({"http", "https"}) URI url,
            @Default("") EnvSecret apiKeyEnv,
            @Default("0.05") @Range(min = 0, max = 1) double sampleRate,
            @Default("[search, multi_search, explain]") List<Operation> operations) {}

    /** What can be repeated: never a write. */
    public enum Operation {
        SEARCH,
        MULTI_SEARCH,
        EXPLAIN
    }
}
