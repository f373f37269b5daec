package io.miroir.duty;

import io.miroir.cluster.LaneOwner;
import io.miroir.store.LeadershipWatcher;
import io.miroir.store.Rooms;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a pod's background work: each duty on a virtual thread of its own, one step at a time. */
public final class Duties implements AutoCloseable, LeadershipWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Duties.class);

    private final String podId;
    private final TaskStore store;
    private final Supplier<Set<String>> livePods;
    private final List<PartitionedDuty> partitionedDuties;
    private final List<Led> leaderDuties;
    private final List<Thread> partitioned = new ArrayList<>();
    private final List<Thread> leading = new ArrayList<>();
    private @Nullable Watch watch;

    /**
     * A duty of the leader. A step of an earlier term may not have heard that it is over: the next
     * one's begins when it has ended, so that a duty need not mind two.
     */
    private record Led(LeaderDuty duty, ReentrantLock steps) {
        void step(Rooms fenced) throws InterruptedException {
            steps.lockInterruptibly();
            try {
                duty.step(fenced);
            } finally {
                steps.unlock();
            }
        }

        void deposed() {
            steps.lock();
            try {
                duty.deposed();
            } finally {
                steps.unlock();
            }
        }
    }

    /** What a thread does again and again. */
    @FunctionalInterface
    private interface Step {
        void run() throws InterruptedException;
    }

    /**
     * Duties that have not begun.
     *
     * @param livePods ids of the pods that share partitioned work, this one among them
     */
    public Duties(
            String podId,
            TaskStore store,
            Supplier<Set<String>> livePods,
            List<PartitionedDuty> partitionedDuties,
            List<LeaderDuty> leaderDuties) {
        this.podId = podId;
        this.store = store;
        this.livePods = livePods;
        this.partitionedDuties = List.copyOf(partitionedDuties);
        this.leaderDuties =
                leaderDuties.stream().map(duty -> new Led(duty, new ReentrantLock())).toList();
        for (PartitionedDuty duty : partitionedDuties) {
            partitioned.add(
                    thread(
                            duty.name(),
                            duty::pause,
                            () -> duty.step(id -> owns(duty, id)),
                            () -> {}));
        }
    }

    /** Begins. */
    public void start() {
        partitioned.forEach(Thread::start);
        watch = store.watchLeadership(this);
    }

    @Override
    public synchronized void leading(long term) {
        following();
        for (Led led : leaderDuties) {
            LeaderDuty duty = led.duty();
            Thread thread =
                    thread(
                            duty.name(),
                            duty::pause,
                            () -> led.step(store.fencedBy(term)),
                            led::deposed);
            leading.add(thread);
            thread.start();
        }
    }

    @Override
    public synchronized void following() {
        leading.forEach(Thread::interrupt);
        leading.clear();
    }

    // The duty's name spreads the same ids differently for each duty.
    private boolean owns(PartitionedDuty duty, String id) {
        return LaneOwner.of(duty.name() + '/' + id, livePods.get()).equals(podId);
    }

    private static Thread thread(String name, Supplier<Duration> pause, Step step, Runnable end) {
        return Thread.ofVirtual()
                .name("duty-" + name)
                .unstarted(
                        () -> {
                            run(name, pause, step);
                            end.run();
                        });
    }

    private static void run(String name, Supplier<Duration> pause, Step step) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    step.run();
                } catch (StoreUnavailableException unavailable) {
                    LOG.info("duty {} waits: {}", name, unavailable.getMessage());
                } catch (RuntimeException bug) {
                    LOG.error("duty {} failed", name, bug);
                }
                Thread.sleep(pause.get());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        following();
        partitioned.forEach(Thread::interrupt);
        partitionedDuties.forEach(PartitionedDuty::stop);
    }
}
