package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Former;
import io.miroir.config.bind.Rate;

/**
 * How often one address may ask.
 *
 * @param perIp requests of one address
 * @param backend who counts
 */
@Former(value = "redis_key_prefix", why = "has no effect: there is no Redis")
@Former(value = "redis_ttl_s", why = "has no effect: counters expire with their period")
public record RateLimitConfig(
        @Default("60/minute") Rate perIp, @Default("shared") Backend backend) {

    /** Who counts. */
    public enum Backend {
        /** All pods together, by the task store. */
        @Former(
                value = "redis",
                why = "there is no Redis: the pods count together by the task store (shared)")
        SHARED,
        /** Each pod for itself: for a single pod. */
        LOCAL
    }
}
