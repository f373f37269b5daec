package io.miroir.raft.link;

import java.io.Closeable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Looks after a member's connections, those that it made and those that were made to it, on a
 * thread of its own: one that hangs in a write is freed by nobody else.
 */
final class Watchdog implements Closeable {
    private static final long PAUSE_MILLIS = 250;

    private final LongConsumer check;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param check ends what is overdue at a time of {@link System#nanoTime}
     */
    Watchdog(String self, LongConsumer check) {
        this.check = check;
        this.thread =
                Thread.ofPlatform().daemon().name(self + "-links-watchdog").unstarted(this::watch);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void watch() {
        try {
            while (!closed) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                check.accept(System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
