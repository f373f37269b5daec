package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.layout.Layout;
import io.miroir.store.replica.ShardState;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes of all kinds, nodes that miss, refuse or lose them, and pods that are lost, at every step
 * of the copies that bring replicas back (protocol, rules 2, 5, 14 and 15). Whenever a replica is
 * read again it is what the writes make; at the end all are.
 *
 * <p>{@code -Dmiroir.seed} runs one again, {@code -Dmiroir.simulations} more of them.
 */
class RepairSimulationTest {
    private static final Long SEED = Long.getLong("miroir.seed");
    private static final int RUNS = Integer.getInteger("miroir.simulations", SEED == null ? 12 : 1);

    @TempDir Path directory;

    @Test
    void whateverHappensReplicasThatAreReadAreWhatTheWritesMake() throws Exception {
        // The same in every build: what is new is found by more of them, not by somebody's commit.
        long first = SEED == null ? 1 : SEED;
        long copies = 0;
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            for (long seed = first; seed < first + RUNS; seed++) {
                try {
                    copies += simulation.run(seed);
                } catch (AssertionError | Exception failed) {
                    throw new AssertionError("seed " + seed, failed);
                }
            }
            assertTrue(SEED != null || simulation.resumed() > 0, "no copy went on");
        }
        assertTrue(copies > 0, "nothing was copied");
    }

    /** Shows: what is left on the disk of a node that went is not there when it holds less. */
    @Test
    void aNodeThatComesAgainHasNothingThatOthersHave() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.change(
                    List.of(SimulatedMoves.OTHER, SimulatedMoves.FEWER, SimulatedMoves.MORE));
        }
    }

    /** Shows: groups and copies come and go, and nothing is left where it is not to be. */
    @Test
    void groupsAndCopiesComeAndGo() throws Exception {
        Layout pairs = new Layout(1, List.of(List.of("a", "b"), List.of("c", "d")));
        Layout twice = new Layout(2, pairs.groups());
        Layout alone = new Layout(2, List.of(List.of("c", "d")));
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.change(
                    List.of(
                            SimulatedMoves.GROUP_LESS,
                            new Layout(1, List.of(List.of("a", "b"), List.of("c"))),
                            pairs,
                            twice,
                            alone,
                            twice,
                            pairs,
                            new Layout(1, List.of(List.of("a", "b")))));
        }
    }

    /**
     * Shows: a replica comes and another goes while clients write more than nodes do all the time,
     * and writes wait no longer at a time than they may (ADR 0015).
     */
    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void aChangeComesToItsEndUnderAnyLoad() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            Duration held = simulation.changeUnderLoad(SimulatedMoves.OTHER);
            // And as long as what is asked of nodes last takes.
            Duration most = RepairSimulation.HOLD_MAX.plusSeconds(1);
            assertTrue(held.compareTo(most) <= 0, held::toString);
        }
    }

    /** Shows: nothing is copied to a node while a search may ask it for all that it has. */
    @Test
    void aSearchThatWasPlannedBeforeFindsNothingTwice() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.searchLate(SimulatedMoves.MORE, SimulatedMoves.FEWER, "c");
        }
    }

    /** Shows: what a copy sent last does not come after the deletion of what it copied. */
    @Test
    void aCopyWhoseReplicasAreLetGoOfLeavesNothingBehind() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            String why = simulation.takeBack(SimulatedMoves.MORE, SimulatedMoves.FEWER);
            assertEquals("not all shards are to be copied any more", why);
        }
    }

    /** Shows: a mark that ends a copy has no effect once another pod has run the lane. */
    @Test
    void whoseLaneWasTakenOverPutsNothingInSync() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            assertEquals("the lane was taken over by p", simulation.takeOver("c"));
        }
    }

    /**
     * Shows: nor is what a move has brought or deleted marked, which the other pod may have brought
     * back and let go of again meanwhile.
     */
    @Test
    void whoseLaneWasTakenOverMovesNothing() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            String fenced = "the lane was taken over by p";
            assertEquals(fenced, simulation.takeOverMove(ShardState.MOVING));
            assertEquals(fenced, simulation.takeOverMove(ShardState.OUT));
            assertEquals(fenced, simulation.takeOverMove(ShardState.NOT_HELD));
        }
    }

    /** Shows: nor is a replica put out that was compared before, and has come back since. */
    @Test
    void whoseLaneWasTakenOverOutvotesNobody() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.outvoteLate("c");
        }
    }

    /** Shows: what was given up, and comes behind what was compared, is found before the end. */
    @Test
    void aWriteThatComesTooLateIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.comeLate("c", RepairSimulation.earlyMark());
        }
    }

    /** Shows: so is what another copy sent, which failed for that. */
    @Test
    void aDocumentOfAnEarlierCopyThatComesTooLateIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.comeLate("c", Arrivals.mark("a", 0));
        }
    }

    /** Shows: so is the deletion of a replica that left, and came again meanwhile. */
    @Test
    void aDeletionOfAMoveThatComesTooLateIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.comeLate("c", "miroir-move");
        }
    }

    /** Shows: one missed health check does not end a copy; as many as make a node down do. */
    @Test
    void aNodeThatIsSuspectIsCopiedToUntilItIsDown() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            assertTrue(simulation.missChecks("c", 1));
            assertFalse(simulation.missChecks("c", 2));
        }
    }
}
