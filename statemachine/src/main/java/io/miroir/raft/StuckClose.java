package io.miroir.raft;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.ratis.util.AwaitToRun;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a member that ends from waiting for itself. Ratis 3.3.0 holds the log's lock while it waits
 * for the thread that evicts entries from the log's cache ({@code SegmentedRaftLog.close}), and
 * that thread may just be waiting for the lock: then the member would never end. An interrupt ends
 * the wait; all else goes on.
 */
final class StuckClose implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StuckClose.class);

    /** One that waits at two looks is stuck: what it waits for takes microseconds. */
    private static final long BETWEEN_LOOKS_MILLIS = 500;

    private final String threadPrefix;
    private final Thread owner = Thread.currentThread();
    private final Thread watch;
    private Set<Thread> waited = Set.of();
    private volatile boolean endedOwners;

    private StuckClose(String podId) {
        threadPrefix = podId + "-impl-thread";
        watch = Thread.ofPlatform().daemon().name(podId + "-stuck-close").unstarted(this::watch);
    }

    /** Watches the member's threads and the calling one until it is closed, by the same thread. */
    static StuckClose watching(String podId) {
        StuckClose stuck = new StuckClose(podId);
        stuck.watch.start();
        return stuck;
    }

    @Override
    public void close() {
        watch.interrupt();
        if (endedOwners) {
            // The interrupt was for that wait alone.
            boolean _ = Thread.interrupted();
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
                Set<Thread> waiting = waiting();
                for (Thread thread : waiting) {
                    if (waited.contains(thread)) {
                        LOG.warn("{} waits for itself: its wait is ended", thread.getName());
                        endedOwners |= thread.equals(owner);
                        thread.interrupt();
                    }
                }
                waited = waiting;
            }
        } catch (InterruptedException closed) {
            // There is nothing to watch any more.
        }
    }

    private Set<Thread> waiting() {
        Set<Thread> waiting = new HashSet<>();
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            boolean closes =
                    thread.getKey().equals(owner)
                            || thread.getKey().getName().startsWith(threadPrefix);
            if (closes && Arrays.stream(thread.getValue()).anyMatch(StuckClose::isTheWait)) {
                waiting.add(thread.getKey());
            }
        }
        return waiting;
    }

    private static boolean isTheWait(StackTraceElement frame) {
        return frame.getClassName().equals(AwaitToRun.class.getName())
                && frame.getMethodName().equals("close");
    }
}
