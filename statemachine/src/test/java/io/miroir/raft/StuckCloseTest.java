package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.util.AwaitToRun;
import org.junit.jupiter.api.Test;

/** A log that Ratis closes at the wrong moment waits for its own thread. */
class StuckCloseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ReentrantLock log = new ReentrantLock();

    @Test
    void aMemberThatWaitsForItselfEnds() throws InterruptedException {
        Thread closing =
                Thread.ofPlatform().daemon().name("pod-a-impl-thread1").start(this::closeLog);
        try (StuckClose _ = StuckClose.watching("pod-a")) {
            assertTrue(closing.join(PATIENCE));
        }
    }

    /** As where a member that can't start is closed by the thread that started it. */
    @Test
    void whoClosesItselfEndsAndIsNotInterruptedFurther() throws InterruptedException {
        AtomicBoolean interrupted = new AtomicBoolean(true);
        Thread starting =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try (StuckClose _ = StuckClose.watching("pod-a")) {
                                        closeLog();
                                    }
                                    interrupted.set(Thread.currentThread().isInterrupted());
                                });
        assertTrue(starting.join(PATIENCE));
        assertFalse(interrupted.get());
    }

    /** As {@code SegmentedRaftLog.close} does it, when the other thread is about to evict. */
    private void closeLog() {
        log.lock();
        try {
            AwaitToRun eviction = new AwaitToRun("eviction", this::evict).start();
            while (!log.hasQueuedThreads()) {
                eviction.signal();
                Thread.onSpinWait();
            }
            eviction.close();
        } finally {
            log.unlock();
        }
    }

    private void evict() {
        log.lock();
        try {
            assertTrue(log.isHeldByCurrentThread());
        } finally {
            log.unlock();
        }
    }
}
