package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.cluster.LaneOwner;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.lane.LaneRow;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lanes that this pod runs: those that rendezvous over the live pods gives it. Takes over what
 * a lost pod left open, and lets go of what another pod runs.
 */
public final class LaneKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LaneKeeper.class);
    private static final Duration TICK = Duration.ofMillis(250);

    /** Looks again even if no pod came or went: a claim may have failed. */
    private static final int TICKS_PER_LOOK = 20;

    private final LaneContext context;
    private final Supplier<Set<String>> livePods;
    private final TaskFollower follower;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Thread thread;

    /** Runs no lane yet. */
    public LaneKeeper(LaneContext context, Supplier<Set<String>> livePods, TaskFollower follower) {
        this.context = context;
        this.livePods = livePods;
        this.follower = follower;
        this.thread = Thread.ofVirtual().name("lane-keeper").unstarted(this::keep);
    }

    /** Begins to take over and let go. */
    public void start() {
        thread.start();
    }

    /** The pod that runs a lane, as far as this pod can see. */
    public String ownerOf(String lane) {
        return LaneOwner.of(lane, livePods.get());
    }

    /** True if this pod runs the lane, as far as it can see. */
    public boolean owns(String lane) {
        return ownerOf(lane).equals(context.podId());
    }

    /** The lane of that name. */
    Lane lane(String name) {
        return lanes.computeIfAbsent(name, uid -> new Lane(uid, context, follower));
    }

    private void keep() {
        Set<String> seen = Set.of();
        int ticks = 0;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Set<String> live = livePods.get();
                boolean changed = !live.equals(seen);
                if ((changed || ++ticks >= TICKS_PER_LOOK) && context.view().loaded()) {
                    ticks = 0;
                    seen = live;
                    look();
                }
                Thread.sleep(TICK);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        for (LaneRow row : context.store().lanes().list(ReadLevel.LOCAL)) {
            Lane lane = lanes.get(row.lane());
            boolean ours = owns(row.lane());
            if (!ours && lane != null) {
                lane.release();
                lanes.remove(row.lane(), lane);
            }
            if (ours && (lane == null || !lane.claimed())) {
                resume(row.lane());
            }
        }
    }

    private void resume(String name) throws InterruptedException {
        try {
            if (LaneResume.wanted(context, name)) {
                LOG.info("taking over lane {}", name);
                lane(name).resume();
            }
        } catch (StoreUnavailableException | ApiException notNow) {
            LOG.warn("lane {} can't be taken over yet: {}", name, notNow.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
