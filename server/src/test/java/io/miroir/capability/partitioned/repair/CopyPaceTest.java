package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many documents a copy compares in a second. */
class CopyPaceTest {
    private static final int PER_SECOND = 1_000;
    private static final long SLEEP_MIN = Duration.ofMillis(10).toNanos();

    @TempDir Path directory;

    private final AtomicLong nanos = new AtomicLong();

    private Duration took(Pace pace, int steps) {
        long before = nanos.get();
        for (int i = 0; i < steps; i++) {
            long rest = pace.restNanos();
            assertTrue(rest == 0 || rest >= SLEEP_MIN, () -> "a rest of " + rest + " ns");
            nanos.addAndGet(rest);
        }
        return Duration.ofNanos(nanos.get() - before);
    }

    @Test
    void stepsAreAsManyASecondAsTheyMayBe() {
        Pace pace = new Pace(PER_SECOND, nanos::get);
        assertEquals(10.0, took(pace, 10 * PER_SECOND).toMillis() / 1e3, 0.02);
    }

    /** Shows: time that went by with something else is no licence to run afterwards. */
    @Test
    void whatWasNotDoneIsNotMadeUpFor() {
        Pace pace = new Pace(PER_SECOND, nanos::get);
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertEquals(1.0, took(pace, PER_SECOND).toMillis() / 1e3, 0.03);
    }

    /** Shows: a copy keeps to it. */
    @Test
    void aCopyComparesNoFasterThanItMay() throws Exception {
        CollectorRegistry registry = new CollectorRegistry();
        try (RepairSimulation simulation = new RepairSimulation(directory, registry)) {
            simulation.begin(1);
            simulation.writeSome();
            simulation.documentsPerSecondMax = 1;
            simulation.cluster.putOut("b");
            long before = simulation.cluster.nanos.get();
            assertTrue(simulation.copy(simulation.copyTo("b")), () -> simulation.lastFailure);
            double seconds = (simulation.cluster.nanos.get() - before) / 1e9;
            double compared = registry.getSampleValue("miroir_repair_documents_compared_total");
            assertTrue(compared > 9, () -> compared + " documents");
            assertTrue(seconds > compared - 1, () -> compared + " in " + seconds + " s");
        }
    }
}
