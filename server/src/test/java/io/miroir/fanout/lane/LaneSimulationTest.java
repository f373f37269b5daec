package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
 * <p>{@code -Dmiroir.seed} runs one again, {@code -Dmiroir.simulations} more of them. A seed is
 * what clients ask for and nodes do; threads are the machine's.
 */
class LaneSimulationTest {
    private static final Integer SEED = Integer.getInteger("miroir.seed");
    private static final int RUNS = Integer.getInteger("miroir.simulations", SEED == null ? 12 : 1);

    /** They wait for nodes most of the time. */
    private static final int AT_ONCE = 4;

    @TempDir Path directory;

    @Test
    void whatIsAcknowledgedStaysAndOnlyTheGuiltyFail() throws Exception {
        int first = SEED == null ? 1 : SEED;
        try (LaneSimulation simulation = new LaneSimulation(directory);
                ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int seed = first; seed < first + RUNS; seed++) {
                int next = seed;
                runs.add(threads.submit(() -> run(simulation, next)));
            }
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
            assertTrue(RUNS == 1 || simulation.merged() > 0, "nothing was merged");
            assertTrue(RUNS == 1 || simulation.takenApart() > 0, "nothing was taken apart");
        }
    }

    private static Void run(LaneSimulation simulation, int seed) {
        try {
            simulation.run(seed);
            return null;
        } catch (AssertionError | Exception failed) {
            throw new AssertionError("seed " + seed, failed);
        }
    }
}
