package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.miroir.Intercepted;
import io.miroir.duty.FullJobs;
import io.miroir.store.Refusal;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What operators are told of copies that can't begin. */
class ReplicaRepairTest {
    private static final int STEPS_PER_MINUTE = 60;
    private static final RepairRules RULES = new RepairRules(1_000_000, 2, CopyBounds.DEFAULT);

    @TempDir Path directory;

    private final Logger logger = (Logger) LoggerFactory.getLogger(ReplicaRepair.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final CollectorRegistry registry = new CollectorRegistry();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    /**
     * Shows: a full table of jobs is told once a minute and by a metric, and so is its end, once a
     * copy has found room. It is asked once in ten seconds, however many wait.
     */
    @Test
    void aFullTableOfJobsIsToldOnceAMinute() throws Exception {
        CollectorRegistry asked = new CollectorRegistry();
        try (RepairSimulation simulation = new RepairSimulation(directory, asked)) {
            lackTwo(simulation);
            ReplicaRepair repair =
                    new ReplicaRepair(simulation.context(), RULES, new RepairMetrics(registry));
            for (int i = 0; i < 2 * STEPS_PER_MINUTE; i++) {
                repair.step(_ -> true);
                simulation.goesBy(Duration.ofSeconds(1));
            }
            assertEquals(2, withoutRoom());
            String told =
                    "2 copies do not begin: the task store takes no more than 1 jobs"
                            + " (miroir_task_store_full_total)";
            assertEquals(List.of(told, told), told());
            double refusals =
                    asked.getSampleValue(
                            "miroir_task_store_full_total",
                            new String[] {"what"},
                            new String[] {"jobs"});
            assertEquals(12, refusals);

            // Nothing is left to be copied: nobody asks for room, and nobody knows.
            simulation.cluster.drop();
            repair.step(_ -> true);
            assertEquals(0, withoutRoom());
            assertEquals(List.of(told, told), told());

            simulation.begin(2);
            simulation.writeSome();
            simulation.cluster.putOut("b");
            assertTrue(simulation.cluster.store.jobs().delete(FullJobs.OTHER).orThrow());
            repair.step(_ -> true);
            repair.stop();
            assertEquals(0, withoutRoom());
            assertEquals(List.of(told, told, "copies find room again"), told());
        }
    }

    /** Shows: what was counted in the step before is no more once the store has ended one. */
    @Test
    void aStepThatTheStoreEndsTellsOfItselfOnly() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            lackTwo(simulation);
            boolean[] lost = new boolean[1];
            TaskStore store =
                    Intercepted.by(
                            TaskStore.class,
                            (_, method, args) -> {
                                if (lost[0] && method.getName().equals("jobs")) {
                                    throw new StoreUnavailableException(new Refusal.Closed());
                                }
                                return Intercepted.passed(simulation.cluster.store, method, args);
                            });
            ReplicaRepair repair =
                    new ReplicaRepair(
                            simulation.context("p", store), RULES, new RepairMetrics(registry));
            repair.step(_ -> true);
            assertEquals(2, withoutRoom());
            lost[0] = true;
            assertThrows(StoreUnavailableException.class, () -> repair.step(_ -> true));
            assertEquals(0, withoutRoom());
        }
    }

    private static void lackTwo(RepairSimulation simulation) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        simulation.cluster.putOut("b");
        simulation.cluster.putOut("c");
        FullJobs.in(simulation.cluster.store);
    }

    private double withoutRoom() {
        return registry.getSampleValue("miroir_repairs_without_room");
    }

    private List<String> told() {
        return lines.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains("copies"))
                .toList();
    }
}
