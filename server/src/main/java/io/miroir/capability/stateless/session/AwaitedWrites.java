package io.miroir.capability.stateless.session;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.IndexView;
import io.miroir.config.SessionPinningConfig.WaitStrategy;
import io.miroir.fanout.lane.AppliedWatch;
import io.miroir.fanout.read.Terms;
import io.miroir.store.task.TaskRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The writes that one request must see, and the time that it waits for them in all. */
final class AwaitedWrites implements Terms.Writes {
    private static final long PAUSE_MILLIS_MIN = 10;
    private static final long PAUSE_MILLIS_MAX = 100;

    /** A view is a moment behind the store; this is no wait for a write. */
    private static final Duration VIEW_PATIENCE = Duration.ofSeconds(2);

    private final SessionPinning.Surroundings around;
    private final Demand demand;
    private final long deadlineNanos;
    private final Semaphore mayWait;
    private final SessionMetrics metrics;

    /**
     * What must be seen.
     *
     * @param receipts tasks that are waited for whatever the strategy
     * @param session the session's open tasks
     * @param pinnedGroup where its reads may go meanwhile; null for nowhere
     */
    record Demand(
            Collection<Long> receipts,
            List<Long> session,
            @Nullable Integer pinnedGroup,
            WaitStrategy strategy) {
        boolean isEmpty() {
            return receipts.isEmpty() && session.isEmpty();
        }

        Set<Long> waitedFor() {
            Set<Long> uids = new HashSet<>(receipts);
            if (strategy == WaitStrategy.BLOCK) {
                uids.addAll(session);
            }
            return uids;
        }

        List<Long> pinned() {
            return strategy == WaitStrategy.ROUTE_PIN ? session : List.of();
        }
    }

    AwaitedWrites(
            SessionPinning.Surroundings around,
            Demand demand,
            long waitNanos,
            Semaphore mayWait,
            SessionMetrics metrics) {
        this.around = around;
        this.demand = demand;
        this.deadlineNanos = System.nanoTime() + waitNanos;
        this.mayWait = mayWait;
        this.metrics = metrics;
    }

    @Override
    public Set<String> behind(String uid) {
        Map<Long, AppliedWatch.Following> followed = new HashMap<>();
        try {
            Optional<Set<String>> behind = look(uid, followed);
            Set<String> left = behind.isPresent() ? behind.get() : await(uid, followed);
            if (!left.isEmpty()) {
                metrics.enforced();
            }
            return left;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw pending();
        } finally {
            followed.values().forEach(AppliedWatch.Following::close);
        }
    }

    private Set<String> await(String uid, Map<Long, AppliedWatch.Following> followed)
            throws InterruptedException {
        if (!mayWait.tryAcquire()) {
            throw new ApiException(
                    ErrorCode.MIROIR_OVERLOADED, "As many reads wait for writes as may.");
        }
        long beganNanos = System.nanoTime();
        metrics.began();
        try {
            long pauseMillis = PAUSE_MILLIS_MIN;
            while (true) {
                pause(pauseMillis);
                Optional<Set<String>> behind = look(uid, followed);
                if (behind.isPresent()) {
                    return behind.get();
                }
                pauseMillis = Math.min(PAUSE_MILLIS_MAX, pauseMillis * 3 / 2);
            }
        } finally {
            metrics.ended(System.nanoTime() - beganNanos);
            mayWait.release();
        }
    }

    @Override
    public void again() {
        try {
            pause(PAUSE_MILLIS_MAX);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw pending();
        }
    }

    private void pause(long millis) throws InterruptedException {
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
            metrics.timedOut();
            throw pending();
        }
        around.applied().awaitChange(Math.min(millis, leftMillis));
    }

    private static ApiException pending() {
        return new ApiException(
                ErrorCode.MIROIR_WRITE_PENDING,
                "No nodes that can answer have applied yet all writes that the answer must show."
                        + " The read may be sent again.");
    }

    /** The nodes to leave out; empty while it must be waited for others. */
    private Optional<Set<String>> look(String uid, Map<Long, AppliedWatch.Following> followed)
            throws InterruptedException {
        List<TaskRow> awaited = open(demand.waitedFor());
        List<TaskRow> pinned = open(demand.pinned());
        // What these tasks did, or an end that was just read, is to be seen by the read too.
        boolean seen = around.view().await(around.store().visibleIndex(), VIEW_PATIENCE);
        IndexView index = around.view().index(uid).orElse(null);
        if (!seen) {
            return Optional.empty();
        }
        if (index == null) {
            return Optional.of(Set.of());
        }
        awaited.removeIf(task -> !PinPlan.concerns(task, index));
        pinned.removeIf(task -> !PinPlan.concerns(task, index));
        Set<String> behind = new HashSet<>();
        for (TaskRow task : awaited) {
            AppliedWatch.Following following = followed.get(task.uid());
            if (following == null) {
                Optional<AppliedWatch.Following> begun = around.applied().follow(task);
                if (begun.isEmpty()) {
                    return Optional.empty();
                }
                following = begun.get();
                followed.put(task.uid(), following);
            }
            behind.addAll(following.behind());
        }
        if (!awaited.isEmpty()
                && !(index.ready() && PinPlan.mayAsk(index, behind, around::alive))) {
            return Optional.empty();
        }
        return Optional.of(pinned.isEmpty() ? behind : pinned(index, behind));
    }

    // Whoever is shown a receipt must have it; the pin is kept where that leaves it whole.
    private Set<String> pinned(IndexView index, Set<String> behind) {
        Integer group = demand.pinnedGroup();
        if (group == null) {
            return behind;
        }
        Set<String> both = new HashSet<>(PinPlan.outside(index, group, around::alive));
        both.addAll(behind);
        return PinPlan.mayAsk(index, both, around::alive) ? both : behind;
    }

    private List<TaskRow> open(Collection<Long> uids) {
        List<TaskRow> open = new ArrayList<>();
        for (long uid : uids) {
            around.store()
                    .tasks()
                    .get(SessionPinning.READ, uid)
                    .filter(task -> !task.status().terminal())
                    .ifPresent(open::add);
        }
        return open;
    }
}
