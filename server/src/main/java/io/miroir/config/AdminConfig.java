package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Env;
import io.miroir.config.bind.Secret;

/**
 * The operator's interface below /_miroir.
 *
 * @param enabled off: its routes are not there
 * @param apiKey closed as long as it is not set
 */
public record AdminConfig(
        @Default("true") boolean enabled, @Env("MIROIR_ADMIN_API_KEY") Secret apiKey) {}
