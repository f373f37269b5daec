package io.miroir.cluster.member;

import io.miroir.duty.LeaderDuty;
import io.miroir.raft.MemberOutcome;
import io.miroir.raft.Membership;
import io.miroir.raft.RaftTaskStore;
import io.miroir.store.Rooms;
import io.miroir.store.TaskStore;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Strikes off listeners that have not answered for long: nobody says whether a pod that stopped is
 * to come back (protocol rule 24). Voters leave by command alone: without them others might decide
 * what they should not.
 */
public final class AbsentListeners implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(AbsentListeners.class);
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
    private static final int PAUSES_MAX = 4;

    private final TaskStore store;
    private final Duration absence;
    private final Duration pause;
    private final LongSupplier nanoTime;
    private final AbsenceWatch watch;
    private final Counter struckOff;
    private final Gauge silence;

    /**
     * For the members of that store.
     *
     * @param absence after which a listener goes; zero for never
     * @param nanoTime monotonic
     */
    public AbsentListeners(
            TaskStore store, Duration absence, LongSupplier nanoTime, CollectorRegistry registry) {
        this.store = store;
        this.absence = absence;
        this.nanoTime = nanoTime;
        Duration often = absence.dividedBy(PAUSES_MAX);
        this.pause =
                often.compareTo(PAUSE_MAX) > 0 || absence.isZero()
                        ? PAUSE_MAX
                        : often.compareTo(PAUSE_MIN) < 0 ? PAUSE_MIN : often;
        this.watch = new AbsenceWatch(absence, pause.multipliedBy(PAUSES_MAX));
        this.struckOff =
                Counter.build(
                                "miroir_task_store_listeners_struck_off_total",
                                "Listeners that this leader removed since they were absent.")
                        .register(registry);
        this.silence =
                Gauge.build(
                                "miroir_task_store_listener_silence_seconds",
                                "Of the listener that has not answered this leader the longest.")
                        .register(registry);
    }

    @Override
    public String name() {
        return "absent-listeners";
    }

    @Override
    public Duration pause() {
        return pause;
    }

    @Override
    public void step(Rooms fenced) {
        if (!(store instanceof RaftTaskStore replicated)) {
            return;
        }
        Membership membership = replicated.membership();
        Map<String, Duration> silent = membership.silentListeners();
        long longestMillis = silent.values().stream().mapToLong(Duration::toMillis).max().orElse(0);
        silence.set((double) longestMillis / 1_000);
        if (!absence.isZero()) {
            watch.due(nanoTime.getAsLong(), silent).forEach(id -> strikeOff(membership, id));
        }
    }

    private void strikeOff(Membership membership, String id) {
        switch (membership.strikeOff(id)) {
            case MemberOutcome.Changed _ -> {
                struckOff.inc();
                LOG.warn(
                        "{} has no vote and has not answered for {} s (raft.listener_absence_s): it"
                                + " is no member any more. With an empty data_dir it joins again",
                        id,
                        absence.toSeconds());
            }
            // Looked at again with the next step.
            case MemberOutcome other -> LOG.info("{} stays a member: {}", id, other);
        }
    }

    @Override
    public void deposed() {
        watch.forget();
        silence.set(0);
    }
}
