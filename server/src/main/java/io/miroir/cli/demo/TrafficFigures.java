package io.miroir.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What the traffic's clients saw. For several threads. */
public final class TrafficFigures {
    private static final int FAULTS_KEPT_MAX = 5;

    /** A write that is refused for so long will not be acknowledged any more. */
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private final List<String> faults = new ArrayList<>();
    private final List<Integer> acknowledged = new ArrayList<>();
    private long searches;
    private long searchesFailed;
    private long writeRequestsFailed;
    private long secondPods;
    private Duration slowestSearch = Duration.ZERO;
    private Duration longestWritePause = Duration.ZERO;
    private long lastAcknowledgedNanos;
    private long lastAcknowledgedBegunNanos;

    TrafficFigures(LongSupplier nanos) {
        this.nanos = nanos;
        this.lastAcknowledgedNanos = nanos.getAsLong();
        this.lastAcknowledgedBegunNanos = lastAcknowledgedNanos;
    }

    synchronized void search(String fault, boolean secondPod, Duration took) {
        searches++;
        secondPods += secondPod ? 1 : 0;
        slowestSearch = took.compareTo(slowestSearch) > 0 ? took : slowestSearch;
        if (!fault.isEmpty()) {
            searchesFailed++;
            keep("search: " + fault);
        }
    }

    synchronized void write(int id, String fault, boolean secondPod, long begunNanos) {
        secondPods += secondPod ? 1 : 0;
        if (!fault.isEmpty()) {
            writeRequestsFailed++;
            keep("write: " + fault);
            return;
        }
        long now = nanos.getAsLong();
        Duration pause = Duration.ofNanos(now - lastAcknowledgedNanos);
        longestWritePause = pause.compareTo(longestWritePause) > 0 ? pause : longestWritePause;
        lastAcknowledgedNanos = now;
        lastAcknowledgedBegunNanos = begunNanos;
        acknowledged.add(id);
        notifyAll();
    }

    /** Whether writes have been refused for so long that waiting on is pointless. */
    synchronized boolean writesStuck() {
        return nanos.getAsLong() - lastAcknowledgedNanos > STUCK.toNanos();
    }

    /**
     * Waits for a write that was sent after a moment to be acknowledged.
     *
     * @return the time from that moment to the acknowledgement; empty if the patience ended first
     */
    public synchronized Optional<Duration> awaitWriteAfter(long momentNanos, Duration patience)
            throws InterruptedException {
        long deadline = nanos.getAsLong() + patience.toNanos();
        while (lastAcknowledgedBegunNanos - momentNanos < 0) {
            long leftMillis = Duration.ofNanos(deadline - nanos.getAsLong()).toMillis();
            if (leftMillis <= 0) {
                return Optional.empty();
            }
            wait(leftMillis);
        }
        return Optional.of(Duration.ofNanos(lastAcknowledgedNanos - momentNanos));
    }

    /** Searches sent. */
    public synchronized long searches() {
        return searches;
    }

    /** Searches that no pod answered whole, or whose answer had changed. */
    public synchronized long searchesFailed() {
        return searchesFailed;
    }

    /** Write requests that no pod acknowledged; each was repeated. */
    public synchronized long writeRequestsFailed() {
        return writeRequestsFailed;
    }

    /** Requests that needed a second pod. */
    public synchronized long secondPods() {
        return secondPods;
    }

    /** Ids of acknowledged documents, in the order of their acknowledgement. */
    public synchronized List<Integer> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** The longest time a search took, with all tries. */
    public synchronized Duration slowestSearch() {
        return slowestSearch;
    }

    /** The longest time between two acknowledgements. */
    public synchronized Duration longestWritePause() {
        return longestWritePause;
    }

    /** The first few faults, as text. */
    public synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** One line of what happened so far. */
    public synchronized String line() {
        return "searches %,d (failed %d) · writes acknowledged %,d (requests failed %d)"
                .formatted(searches, searchesFailed, acknowledged.size(), writeRequestsFailed);
    }

    private void keep(String fault) {
        if (faults.size() < FAULTS_KEPT_MAX) {
            faults.add(fault);
        }
    }
}
