package io.miroir.duty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.store.Rooms;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a leader's work passes from one of its terms to the next. */
class DutiesTest {
    /** A duty keeps what it knows in plain fields, so it must not meet itself. */
    @Test
    void aStepOfTheNextTermWaitsForTheLastOnes(@TempDir Path directory) throws Exception {
        Overlong duty = new Overlong();
        try (SqliteTaskStore store = store(directory);
                Duties duties =
                        new Duties("p", store, () -> Set.of("p"), List.of(), List.of(duty))) {
            duties.leading(1);
            duty.begun.await();
            duties.leading(2);
            duty.both.await();
            assertEquals(1, duty.mostAtOnce.get());
        }
    }

    /** What a leader told of its work is not told by a pod that leads no longer. */
    @Test
    void aDutyHearsThatItsPodIsDeposed(@TempDir Path directory) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch deposed = new CountDownLatch(1);
        LeaderDuty duty =
                new LeaderDuty() {
                    @Override
                    public String name() {
                        return "telling";
                    }

                    @Override
                    public Duration pause() {
                        return Duration.ofHours(1);
                    }

                    @Override
                    public void step(Rooms fenced) {
                        begun.countDown();
                    }

                    @Override
                    public void deposed() {
                        deposed.countDown();
                    }
                };
        try (SqliteTaskStore store = store(directory);
                Duties duties =
                        new Duties("p", store, () -> Set.of("p"), List.of(), List.of(duty))) {
            duties.leading(1);
            begun.await();
            assertEquals(1, deposed.getCount());
            duties.following();
            deposed.await();
        }
    }

    private static SqliteTaskStore store(Path directory) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("p", directory),
                InstantSource.system(),
                new CollectorRegistry(),
                _ -> {});
    }

    /** Goes on although it is interrupted, as one that writes a file may. */
    private static final class Overlong implements LeaderDuty {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch inside = new CountDownLatch(2);
        private final CountDownLatch both = new CountDownLatch(2);
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();

        @Override
        public String name() {
            return "overlong";
        }

        @Override
        public Duration pause() {
            return Duration.ofHours(1);
        }

        @Override
        public void step(Rooms fenced) {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            begun.countDown();
            inside.countDown();
            while (both.getCount() == 2 && !Thread.interrupted()) {
                Thread.onSpinWait();
            }
            try {
                // Long enough for the other to come in, if it may.
                boolean _ = inside.await(200, TimeUnit.MILLISECONDS);
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
            atOnce.decrementAndGet();
            both.countDown();
        }
    }
}
