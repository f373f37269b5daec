package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.Change;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rule 23: applies wait for no watcher, and no watcher misses a change without being told. */
class WatchHubTest {
    private static final Change CHANGE = new Change.RowChanged("canaries", "c");

    private final WatchHub hub = new WatchHub(10);
    private final Recorder heard = new Recorder();

    @AfterEach
    void close() {
        hub.close();
    }

    /** Writes down what it is told; stands still in the middle of it while it is held. */
    private static final class Recorder implements Watcher {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private volatile CountDownLatch held = new CountDownLatch(0);

        @Override
        public void applied(long index, List<Change> changes) {
            tell("applied " + index);
        }

        @Override
        public void resync(long index) {
            tell("resync " + index);
        }

        private void tell(String what) {
            told.add(what);
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        String next() throws InterruptedException {
            return String.valueOf(told.poll(60, TimeUnit.SECONDS));
        }
    }

    private void publish(long from, long to) {
        for (long index = from; index <= to; index++) {
            hub.publish(index, List.of(CHANGE));
        }
    }

    @Test
    void aSlowWatcherIsToldToResyncAndThenGoesOn() throws Exception {
        try (Watch _ = hub.watch(heard)) {
            assertEquals("resync 10", heard.next());
            heard.held = new CountDownLatch(1);
            publish(11, 11);
            assertEquals("applied 11", heard.next());
            // Each takes two places: it is one event behind of what may wait.
            long last = 12 + WatchHub.CHANGES_MAX / 2;
            publish(12, last);
            assertTrue(heard.told.isEmpty(), "it stands still");
            heard.held.countDown();
            assertEquals("resync " + last, heard.next());
            publish(last + 1, last + 1);
            assertEquals("applied " + (last + 1), heard.next());
        }
    }

    @Test
    void aWatcherThatFailsIsToldToResync() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        Watcher failing =
                new Watcher() {
                    @Override
                    public void applied(long index, List<Change> changes) {
                        failed.countDown();
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void resync(long index) {
                        heard.resync(index);
                    }
                };
        try (Watch _ = hub.watch(failing)) {
            assertEquals("resync 10", heard.next());
            publish(11, 11);
            failed.await();
            assertEquals("resync 11", heard.next());
        }
    }

    @Test
    void aWatcherThatComesBackGoesOnWhereItWas() throws Exception {
        publish(11, 14);
        try (Watch _ = hub.watch(heard, 12)) {
            assertEquals("applied 13", heard.next());
            assertEquals("applied 14", heard.next());
            publish(15, 15);
            assertEquals("applied 15", heard.next());
        }
        try (Watch _ = hub.watch(heard, 15)) {
            publish(16, 16);
            assertEquals("applied 16", heard.next());
        }
    }

    @Test
    void whatIsNotKnownAnyMoreOrNotYetBeginsWithAResync() throws Exception {
        publish(11, 20);
        assertBeginsWithAResync(9, 20);
        // Of another pod, which has applied more.
        assertBeginsWithAResync(21, 20);
        // More than what is kept: each takes two places.
        long last = 20 + WatchHub.RECENT_MAX;
        publish(21, last);
        assertBeginsWithAResync(20, last);
        try (Watch _ = hub.watch(heard, last - 1)) {
            assertEquals("applied " + last, heard.next());
        }
        // One event larger than all that is kept.
        hub.publish(last + 1, Collections.nCopies(2 * WatchHub.RECENT_MAX, CHANGE));
        assertBeginsWithAResync(last, last + 1);
        // The tables were replaced: what was known of changes is not the way to them.
        hub.resync(last + 9);
        assertBeginsWithAResync(last + 1, last + 9);
    }

    private void assertBeginsWithAResync(long after, long at) throws InterruptedException {
        try (Watch _ = hub.watch(heard, after)) {
            assertEquals("resync " + at, heard.next());
        }
    }
}
