package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.LaneOwner;
import io.miroir.cluster.peer.Peers;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.lane.LaneRow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lanes that this pod runs: those that rendezvous over the live pods gives it. Takes over what
 * a lost pod left open, and lets go of what another pod runs.
 */
public final class LaneKeeper implements LaneHolder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LaneKeeper.class);
    private static final Duration TICK = Duration.ofMillis(250);

    /** Lanes that are taken over at a time. */
    private static final int TAKEOVERS_MAX = 16;

    /** Looks again even if no pod came or went: a claim may have failed. */
    private static final int TICKS_PER_LOOK = 20;

    private final LaneContext context;
    private final Peers peers;
    private final TaskFollower follower;
    private final Handover handover;
    private final LaneCounters counters = LaneCounters.none();
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

    /**
     * Indexes whose settings are being repaired: one that waits for its turn is not asked twice.
     */
    private final Set<String> repairing = ConcurrentHashMap.newKeySet();

    private final Thread thread;
    private volatile boolean retiring;

    /** Runs no lane yet. */
    public LaneKeeper(LaneContext context, Peers peers, TaskFollower follower) {
        this.context = context;
        this.peers = peers;
        this.follower = follower;
        this.handover = new Handover(context, peers);
        this.thread = Thread.ofVirtual().name("lane-keeper").unstarted(this::keep);
    }

    /** Begins to take over and let go. */
    public void start() {
        follower.holdWith(this::hold);
        thread.start();
    }

    /** The pod that runs a lane, as far as this pod can see. */
    public String ownerOf(String lane) {
        Set<String> pods = peers.live();
        if (retiring && pods.size() > 1) {
            pods = new HashSet<>(pods);
            pods.remove(context.podId());
        }
        return LaneOwner.of(lane, pods);
    }

    @Override
    public boolean owns(String lane) {
        return ownerOf(lane).equals(context.podId());
    }

    /**
     * Begins nothing more in any lane, and waits for what is under way. To be done before others
     * are told that this pod runs no lanes: they claim them at once, and a write that is fenced in
     * its middle ends as indeterminate (protocol, rule 4). A pod that is alone has nobody to leave
     * its lanes to and goes on.
     *
     * @return false if something was still under way after {@code patience}
     */
    public boolean retire(Duration patience) throws InterruptedException {
        retiring = true;
        if (peers.live().size() == 1) {
            return true;
        }
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        boolean all = true;
        for (Lane lane : lanes.values()) {
            Duration left = Duration.ofNanos(Math.max(0, giveUpNanos - System.nanoTime()));
            all &= lane.retire(left);
        }
        return all;
    }

    /**
     * Lets a lane go that another pod is to run, once the change at hand in it has ended.
     *
     * @return false if this pod believes that it runs the lane itself, or the change lasts longer
     *     than {@code patience}
     */
    boolean letGo(String name, Duration patience) throws InterruptedException {
        if (owns(name)) {
            return false;
        }
        Lane lane = lanes.get(name);
        if (lane == null) {
            return true;
        }
        boolean free = lane.retire(patience);
        if (free) {
            lanes.remove(name, lane);
        }
        return free;
    }

    /**
     * Runs a write in this pod's lane.
     *
     * @return empty if the lane is another pod's by now; nothing was written then
     */
    Optional<LaneReply> run(WriteRequest request, Spooler.Received body)
            throws IOException, InterruptedException {
        String name = request.indexUid();
        Lane lane = lane(name);
        return lane.run(request, body, () -> runs(name, lane));
    }

    @Override
    public boolean mayFeed(String node) {
        return follower.lateNodes().mayFeed(node);
    }

    @Override
    public <T> Optional<T> hold(String name, Held<T> work) throws InterruptedException {
        Lane lane = lane(name);
        return lane.hold(() -> runs(name, lane), work);
    }

    private Lane lane(String name) {
        return lanes.computeIfAbsent(
                name, uid -> new Lane(uid, context, follower, handover, counters));
    }

    // A lane that was dropped while a write was on its way to it orders nothing any more.
    private boolean runs(String name, Lane lane) {
        return owns(name) && lanes.get(name) == lane;
    }

    /** What holds the bodies of writes. */
    Spooler spooler() {
        return context.spooler();
    }

    /** Lanes that this pod has in memory. */
    int held() {
        return lanes.size();
    }

    /** Writes that wait for their turn where most do. */
    int waitingLongest() {
        return lanes.values().stream().mapToInt(Lane::waiting).max().orElse(0);
    }

    /** How long the write has waited for its turn that has waited longest. */
    long oldestNanos() {
        return lanes.values().stream().mapToLong(Lane::oldestNanos).max().orElse(0);
    }

    /** What its lanes have done. */
    LaneCounters counters() {
        return counters;
    }

    private void keep() {
        Set<String> seen = Set.of();
        int ticks = 0;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Set<String> live = peers.live();
                boolean changed = !live.equals(seen);
                try {
                    if ((changed || ++ticks >= TICKS_PER_LOOK) && context.view().loaded()) {
                        ticks = 0;
                        look();
                        seen = live;
                    }
                    repairSettings();
                } catch (RuntimeException bug) {
                    // Without this thread no lane of a lost pod would ever be taken over.
                    LOG.error("lanes are not looked after", bug);
                }
                Thread.sleep(TICK);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes over what is this pod's, lets go of what is not, and drops what nobody needs. */
    void look() throws InterruptedException {
        if (retiring) {
            // A lane that is forgotten here could not be waited for.
            return;
        }
        List<String> wanted = new ArrayList<>();
        Set<String> stored = new HashSet<>();
        for (LaneRow row : context.store().lanes().list(ReadLevel.LOCAL)) {
            stored.add(row.lane());
            Lane lane = lanes.get(row.lane());
            boolean ours = owns(row.lane());
            // One with a write at hand is let go when its next owner asks, and that has ended.
            if (!ours && lane != null && lane.retire(Duration.ZERO)) {
                lanes.remove(row.lane(), lane);
            }
            if (ours && lane != null) {
                // A pod that was paused did not see who took its place: its tasks are fenced, and
                // nobody else follows them any more.
                lane.releaseIfPast(row.epoch());
            }
            if (ours && (lane == null || !lane.isSettled())) {
                wanted.add(row.lane());
            }
        }
        dropForgotten(stored);
        resumeAll(wanted);
    }

    // Names that were refused, or whose index is gone for long: there is no end of them.
    private void dropForgotten(Set<String> stored) {
        lanes.forEach(
                (name, lane) -> {
                    if (!stored.contains(name)) {
                        lane.dropIfForgotten(() -> lanes.remove(name, lane));
                    }
                });
    }

    // Side by side: a node that hangs delays the lanes that wait for it, not all of them in turn.
    private void resumeAll(List<String> names) throws InterruptedException {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(
                        TAKEOVERS_MAX, Thread.ofVirtual().name("takeover-", 0).factory())) {
            threads.invokeAll(names.stream().map(this::resuming).toList());
        }
    }

    private Callable<Boolean> resuming(String name) {
        return () -> {
            resume(name);
            return true;
        };
    }

    // On threads of their own: settings take as long as nodes need to index anew.
    void repairSettings() {
        for (IndexView index : context.view().unsettled()) {
            String name = index.row().uid();
            boolean due = !retiring && owns(name) && follower.mayRepair(index);
            if (due && repairing.add(name)) {
                Thread.ofVirtual().name("settings-" + name).start(() -> repairSettings(name));
            }
        }
    }

    private void repairSettings(String name) {
        try {
            Lane lane = lane(name);
            lane.repairSettings(() -> runs(name, lane));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (StoreUnavailableException | ApiException notNow) {
            LOG.warn("settings of {} are not repaired: {}", name, notNow.getMessage());
        } catch (RuntimeException bug) {
            LOG.error("settings of {} can't be repaired", name, bug);
        } finally {
            repairing.remove(name);
        }
    }

    private void resume(String name) throws InterruptedException {
        try {
            if (LaneResume.wanted(context, name)) {
                LOG.info("taking over lane {}", name);
                Lane lane = lane(name);
                lane.resume(() -> runs(name, lane));
            }
        } catch (StoreUnavailableException | ApiException notNow) {
            LOG.warn("lane {} can't be taken over yet: {}", name, notNow.getMessage());
        } catch (RuntimeException bug) {
            // One lane that can't be taken over must not keep the others from it.
            LOG.error("lane {} can't be taken over", name, bug);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        lanes.clear();
    }
}
