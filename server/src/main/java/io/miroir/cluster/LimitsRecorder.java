package io.miroir.cluster;

import io.miroir.config.MiroirConfig;
import io.miroir.duty.LeaderDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the caps and lifetimes of the leader's configuration into the task store, where they hold
 * for all pods. Where configurations differ, the leader's counts.
 */
public final class LimitsRecorder implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(LimitsRecorder.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final UnaryOperator<StoreLimits> configured;

    /** Records the limits of that configuration. */
    public LimitsRecorder(MiroirConfig config) {
        this.configured = limits -> configured(config, limits);
    }

    @Override
    public String name() {
        return "limits-recorder";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        LimitsRow row = fenced.limits().get(ReadLevel.LOCAL);
        StoreLimits wanted = configured.apply(row.limits());
        if (!wanted.equals(row.limits())) {
            LOG.info("limits of the task store: {} instead of {}", wanted, row.limits());
            // Another change that came between is seen by the next step.
            fenced.limits().set(wanted, row.version()).orThrow();
        }
    }

    /** What the configuration says; the rest as it is. */
    static StoreLimits configured(MiroirConfig config, StoreLimits old) {
        return new StoreLimits(
                old.tasksMax(),
                old.taskRetentionMicros(),
                Math.min(config.idempotency().maxCachedKeys(), StoreLimits.ROWS_MAX),
                micros(config.idempotency().ttlSeconds()),
                config.sessionPinning().maxSessions(),
                micros(config.sessionPinning().ttlSeconds()),
                old.jobsMax(),
                old.jobRetentionMicros(),
                config.aliases().historyRetention(),
                config.canaryRunner().runHistoryPerCanary(),
                config.cdc().buffer().overflowBytes(),
                old.rateBucketsMax());
    }

    private static long micros(int seconds) {
        return TimeUnit.SECONDS.toMicros(seconds);
    }
}
