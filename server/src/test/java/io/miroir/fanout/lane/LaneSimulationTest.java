package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lanes under clients, nodes and owners that break by a seed (protocol, rules 2 to 6).
 *
 * <p>A seed is what clients ask for and nodes do; threads are the machine's, so one that failed
 * need not fail again.
 */
class LaneSimulationTest {
    /** They wait for nodes most of the time. */
    private static final int AT_ONCE = 4;

    @TempDir Path directory;

    @Test
    void whatIsAcknowledgedStaysAndOnlyTheGuiltyFail() throws Exception {
        try (LaneSimulation simulation = new LaneSimulation(directory);
                ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> runs = new ArrayList<>();
            Seeds.all().forEach(seed -> runs.add(threads.submit(() -> run(simulation, seed))));
            try {
                for (Future<?> run : runs) {
                    run.get();
                }
            } catch (ExecutionException failed) {
                runs.forEach(run -> run.cancel(true));
                if (failed.getCause() instanceof AssertionError why) {
                    throw why;
                }
                throw failed;
            }
            assertTrue(!Seeds.areMany() || simulation.merged() > 0, "nothing was merged");
            assertTrue(!Seeds.areMany() || simulation.takenApart() > 0, "nothing was taken apart");
        }
    }

    private static Void run(LaneSimulation simulation, int seed) {
        try {
            simulation.run(seed);
            return null;
        } catch (AssertionError | Exception failed) {
            throw Seeds.failed(seed, failed);
        }
    }
}
