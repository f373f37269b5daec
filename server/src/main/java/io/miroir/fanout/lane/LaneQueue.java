package io.miroir.fanout.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The writes that wait in one lane, in the order in which they came; only so many do. */
final class LaneQueue {
    private final String lane;
    private final LaneSettings settings;
    private final LaneCounters counters;
    private final ArrayDeque<Waiting> writes = new ArrayDeque<>();
    private boolean worked;

    LaneQueue(String lane, LaneSettings settings, LaneCounters counters) {
        this.lane = lane;
        this.settings = settings;
        this.counters = counters;
    }

    /**
     * Adds a write; refused at once where too many wait.
     *
     * @return true if the caller is to have the queue worked on: nobody does
     */
    synchronized boolean add(Waiting write) {
        if (writes.size() >= settings.waitingWritesMax()) {
            counters.refusedFull().increment();
            throw LaneErrors.overloaded(
                    "As many writes wait for index `" + lane + "` as may wait for one.");
        }
        writes.add(write);
        boolean first = !worked;
        worked = true;
        return first;
    }

    /** Takes a write back whose turn has not come; false if it has. */
    synchronized boolean withdraw(Waiting write) {
        return writes.remove(write);
    }

    /**
     * The writes whose turn it is: the oldest, and those right behind it that may share it. Nobody
     * is waited for: what came during the turn before is all.
     */
    synchronized List<Waiting> take() {
        List<Waiting> turn = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        long bytes = 0;
        while (!writes.isEmpty()) {
            Waiting next = writes.peek();
            bytes += next.body().body().lengthBytes();
            if (!turn.isEmpty() && !shares(turn, next, keys, bytes)) {
                break;
            }
            String key = next.request().parameter(WriteRequest.IDEMPOTENCY_KEY);
            if (key != null) {
                keys.add(key);
            }
            turn.add(writes.remove());
        }
        return turn;
    }

    private boolean shares(List<Waiting> turn, Waiting next, Set<String> keys, long bytes) {
        LaneSettings.Merging merging = settings.merging();
        String key = next.request().parameter(WriteRequest.IDEMPOTENCY_KEY);
        return turn.getFirst().request().operation().sharesTurn()
                && next.request().operation().sharesTurn()
                && turn.size() < merging.requestsMax()
                && bytes <= merging.bytesMax()
                // A retry finds what became of the first, which must have ended.
                && (key == null || !keys.contains(key));
    }

    /** True if nothing waits: whoever worked on the queue may go. */
    synchronized boolean workDone() {
        worked = !writes.isEmpty();
        return !worked;
    }

    /** Writes that wait. */
    synchronized int size() {
        return writes.size();
    }

    /** How long the oldest has waited; 0 if none does. */
    synchronized long oldestNanos() {
        Waiting oldest = writes.peek();
        return oldest == null ? 0 : System.nanoTime() - oldest.sinceNanos();
    }
}
