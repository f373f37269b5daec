package io.miroir.capability.leader.webhook;

import io.miroir.store.task.TaskRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How far one webhook has come. Tasks are told in the order in which they ended; one that can't be
 * told does not hold up those behind it, as far as the window reaches.
 */
final class Backlog {
    /** Ended tasks beyond the first that is not told yet. */
    static final int WINDOW_MAX = 256;

    /** Deliveries under way to one webhook. */
    static final int AT_ONCE_MAX = 16;

    /** How often a receiver may say that it does not want a delivery, before it is believed. */
    static final int REFUSALS_MAX = 5;

    /** A task that ended longer ago is not told any more. */
    static final long AGE_MICROS_MAX = TimeUnit.DAYS.toMicros(1);

    static final long BACKOFF_MICROS_MIN = TimeUnit.SECONDS.toMicros(1);
    static final long BACKOFF_MICROS_MAX = TimeUnit.SECONDS.toMicros(60);

    private long position;
    private final Map<Long, Long> settled = new HashMap<>();
    private final Map<Long, Failure> failures = new HashMap<>();

    private record Failure(int attempts, int refusals, long nextAtMicros) {}

    /** What came of a delivery. */
    enum Result {
        DELIVERED,
        /** No answer, or one that speaks of trouble: tried again. */
        FAILED,
        /** Its URL can't be called, or must not: tried again, as it may get another. */
        UNCALLABLE,
        /** The receiver answered that it does not want it. */
        REFUSED
    }

    /**
     * Nothing is known of those that ended from {@code position} on.
     *
     * @param position store time
     */
    Backlog(long position) {
        this.position = position;
    }

    /** All that ended before this store time is settled. */
    long position() {
        return position;
    }

    /** How many ended tasks, from the position on, to look at. */
    int limit() {
        // Those of the position itself may be many: they ended in one entry of the log.
        return WINDOW_MAX
                + (int) settled.values().stream().filter(ended -> ended == position).count();
    }

    /** Tasks that are settled while an earlier one is not. */
    long ahead() {
        return settled.values().stream().filter(ended -> ended > position).count();
    }

    /** Another leader has come further. */
    void moveTo(long further) {
        if (further > position) {
            position = further;
            settled.values().removeIf(ended -> ended < position);
        }
    }

    /** Settles what is too old to be told; how many that are. */
    int expire(List<TaskRow> ended, long nowMicros) {
        int expired = 0;
        for (TaskRow task : ended) {
            boolean old = endedAt(task) < nowMicros - AGE_MICROS_MAX;
            if (old && settled.putIfAbsent(task.uid(), endedAt(task)) == null) {
                expired++;
            }
        }
        return expired;
    }

    /** What is to be told now, of tasks in the order in which they ended. */
    List<TaskRow> due(List<TaskRow> ended, long nowMicros) {
        List<TaskRow> due = new ArrayList<>();
        for (TaskRow task : ended) {
            Failure failure = failures.get(task.uid());
            boolean open = !settled.containsKey(task.uid());
            if (open && (failure == null || failure.nextAtMicros <= nowMicros)) {
                due.add(task);
            }
            if (due.size() == AT_ONCE_MAX) {
                break;
            }
        }
        return due;
    }

    /** Takes down what came of a delivery; true if it was given up. */
    boolean came(TaskRow task, Result result, long nowMicros) {
        Failure before = failures.getOrDefault(task.uid(), new Failure(0, 0, 0));
        int refusals = before.refusals + (result == Result.REFUSED ? 1 : 0);
        boolean givenUp = refusals >= REFUSALS_MAX;
        if (result == Result.DELIVERED || givenUp) {
            settled.put(task.uid(), endedAt(task));
            failures.remove(task.uid());
        } else {
            int attempts = before.attempts + 1;
            failures.put(
                    task.uid(), new Failure(attempts, refusals, nowMicros + backoff(attempts)));
        }
        return givenUp;
    }

    static long backoff(int attempts) {
        int doublings = Math.min(attempts - 1, 10);
        return Math.min(BACKOFF_MICROS_MIN << doublings, BACKOFF_MICROS_MAX);
    }

    /** Moves the position over what is settled, and forgets what lies behind it. */
    void advance(List<TaskRow> ended) {
        for (TaskRow task : ended) {
            if (!settled.containsKey(task.uid())) {
                break;
            }
            position = endedAt(task);
        }
        // Those of the position itself stay: further tasks may end at the same time.
        settled.values().removeIf(time -> time < position);
        Set<Long> seen = ended.stream().map(TaskRow::uid).collect(Collectors.toSet());
        failures.keySet().retainAll(seen);
    }

    /** When the first task ended that is not settled; {@code nowMicros} if all are. */
    long oldestOpen(List<TaskRow> ended, long nowMicros) {
        return ended.stream()
                .filter(task -> !settled.containsKey(task.uid()))
                .mapToLong(Backlog::endedAt)
                .findFirst()
                .orElse(nowMicros);
    }

    private static long endedAt(TaskRow task) {
        return Objects.requireNonNull(task.dates().finishedAt(), "a task that has not ended");
    }
}
