package io.miroir.cluster;

import io.miroir.config.MiroirConfig;
import io.miroir.duty.LeaderDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the caps and lifetimes of the leader's configuration into the task store, where they hold
 * for all pods. Where configurations differ, the leader's counts.
 */
public final class LimitsRecorder implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(LimitsRecorder.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final StoreLimits configured;

    /** Records the limits of that configuration. */
    public LimitsRecorder(MiroirConfig config) {
        this.configured = configured(config);
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
        if (!configured.equals(row.limits())) {
            LOG.info("limits of the task store: {} instead of {}", configured, row.limits());
            // Another change that came between is seen by the next step.
            fenced.limits().set(configured, row.version()).orThrow();
        }
    }

    static StoreLimits configured(MiroirConfig config) {
        return new StoreLimits(
                config.taskRegistry().maxTasks(),
                micros(config.taskRegistry().retentionSeconds()),
                Math.min(config.idempotency().maxCachedKeys(), StoreLimits.ROWS_MAX),
                micros(config.idempotency().ttlSeconds()),
                config.sessionPinning().maxSessions(),
                micros(config.sessionPinning().ttlSeconds()),
                config.taskStore().maxJobs(),
                micros(config.taskStore().jobRetentionS()),
                config.aliases().historyRetention(),
                config.canaryRunner().runHistoryPerCanary(),
                config.cdc().buffer().overflowBytes(),
                config.taskStore().maxRateBuckets());
    }

    private static long micros(int seconds) {
        return TimeUnit.SECONDS.toMicros(seconds);
    }
}
