package io.miroir.duty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.miroir.store.TaskStore;
import io.miroir.store.job.Jobs.Enqueueing;
import io.miroir.store.job.NewJob;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A duty asks for room for its jobs, again and again. */
class RoomForJobsTest {
    private static final String FULL =
            "the task store takes no more than 1 jobs (miroir_task_store_full_total)";

    @TempDir Path directory;

    private final Logger logger = (Logger) LoggerFactory.getLogger(RoomForJobsTest.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final CollectorRegistry registry = new CollectorRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private TaskStore store;
    private RoomForJobs room;

    @BeforeEach
    void open() throws Exception {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        nanos::get,
                        registry,
                        _ -> {});
        room = new RoomForJobs(store, logger, jobs -> jobs + " wait", "there is room");
        FullJobs.in(store);
    }

    @AfterEach
    void close() {
        store.close();
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    /** Shows: a table that is full is asked once in ten seconds, however many jobs wait. */
    @Test
    void aFullTableIsAskedNowAndThen() {
        for (int step = 0; step < 30; step++) {
            for (int job = 0; job < 3; job++) {
                assertEquals(new Enqueueing.Full(1), enqueue("job-" + job));
            }
            assertEquals(3, room.tell());
            goesBy(1);
        }
        assertEquals(3, refusals());
        assertTrue(store.jobs().delete(FullJobs.OTHER).orThrow());
        assertEquals(new Enqueueing.Enqueued(1), enqueue("job-0"));
        // One found room, and the next did not.
        assertEquals(new Enqueueing.Full(1), enqueue("job-1"));
        assertEquals(1, room.tell());
        assertEquals(List.of("3 wait: " + FULL), told());
        assertTrue(store.jobs().delete("job-0").orThrow());
        goesBy(10);
        assertEquals(new Enqueueing.Enqueued(1), enqueue("job-1"));
        assertEquals(0, room.tell());
        assertEquals(List.of("3 wait: " + FULL, "there is room"), told());
    }

    /** Shows: who asks for no room, or for what is there already, does not tell that there is. */
    @Test
    void whoAsksForNothingKnowsNothing() {
        assertInstanceOf(Enqueueing.Full.class, enqueue("job"));
        assertEquals(1, room.tell());
        assertEquals(0, room.tell());
        goesBy(10);
        assertEquals(new Enqueueing.Enqueued(0), enqueue(FullJobs.OTHER));
        assertEquals(new Enqueueing.Full(1), enqueue("job"));
        assertEquals(1, refusals());
        assertEquals(1, room.tell());
        assertEquals(List.of("1 wait: " + FULL), told());
    }

    private Enqueueing enqueue(String id) {
        return room.enqueue(NewJob.of(id, "work", "{}"));
    }

    private void goesBy(int seconds) {
        long _ = nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private double refusals() {
        return registry.getSampleValue(
                "miroir_task_store_full_total", new String[] {"what"}, new String[] {"jobs"});
    }

    private List<String> told() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
