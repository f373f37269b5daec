package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.Seeds;
import io.miroir.core.layout.Layout;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.copy.CopyMarks;
import io.miroir.store.replica.ShardState;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes of all kinds, nodes that miss, refuse or lose them, and pods that are lost, at every step
 * of the copies that bring replicas back (protocol, rules 2, 5, 14 and 15). Whenever a replica is
 * read again it is what the writes make; at the end all are.
 *
 * <p>Everything happens in one thread and by the seed, over a store of its own: a seed that failed
 * does exactly the same when it is run again, alone and on any machine.
 */
class RepairSimulationTest {
    private static final int AGAIN = 3;

    @TempDir Path directory;

    @Test
    void whateverHappensReplicasThatAreReadAreWhatTheWritesMake() throws Exception {
        long copies = 0;
        long resumed = 0;
        for (int seed : Seeds.all().toArray()) {
            Path disk = directory.resolve("seed-" + seed);
            try (RepairSimulation simulation =
                    new RepairSimulation(disk, new CollectorRegistry())) {
                copies += simulation.run(seed);
                resumed += simulation.resumed();
            } catch (AssertionError | Exception failed) {
                throw Seeds.failed(seed, failed);
            }
            remove(disk);
        }
        assertTrue(copies > 0 || !Seeds.areMany(), "nothing was copied");
        assertTrue(resumed > 0 || !Seeds.areMany(), "no copy went on");
    }

    /** Shows: what failed is run again by its seed, to the last request. */
    @Test
    void aSeedDoesTheSameAgain() throws Exception {
        Set<Long> traces = new HashSet<>();
        for (String disk : List.of("first", "again")) {
            try (RepairSimulation simulation =
                    new RepairSimulation(directory.resolve(disk), new CollectorRegistry())) {
                int _ = simulation.run(AGAIN);
                traces.add(simulation.trace());
            }
        }
        assertEquals(1, traces.size(), traces::toString);
    }

    private static void remove(Path disk) throws IOException {
        try (Stream<Path> files = Files.walk(disk)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Shows: what is left on the disk of a node that went is not there when it holds less. */
    @Test
    void aNodeThatComesAgainHasNothingThatOthersHave() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation
                    .changes()
                    .change(
                            List.of(
                                    SimulatedMoves.OTHER,
                                    SimulatedMoves.FEWER,
                                    SimulatedMoves.MORE));
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
            simulation
                    .changes()
                    .change(
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
            Duration held = simulation.changes().changeUnderLoad(SimulatedMoves.OTHER);
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
            simulation.changes().searchLate(SimulatedMoves.MORE, SimulatedMoves.FEWER, "c");
        }
    }

    /** Shows: what a copy sent last does not come after the deletion of what it copied. */
    @Test
    void aCopyWhoseReplicasAreLetGoOfLeavesNothingBehind() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            String why = simulation.changes().takeBack(SimulatedMoves.MORE, SimulatedMoves.FEWER);
            assertEquals("not all shards are to be copied any more", why);
        }
    }

    /** Shows: a mark that ends a copy has no effect once another pod has run the lane. */
    @Test
    void whoseLaneWasTakenOverPutsNothingInSync() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            assertEquals("the lane was taken over by p", simulation.changes().takeOver("c"));
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
            assertEquals(fenced, simulation.changes().takeOverMove(ShardState.MOVING));
            assertEquals(fenced, simulation.changes().takeOverMove(ShardState.OUT));
            assertEquals(fenced, simulation.changes().takeOverMove(ShardState.NOT_HELD));
        }
    }

    /** Shows: nor is a replica put out that was compared before, and has come back since. */
    @Test
    void whoseLaneWasTakenOverOutvotesNobody() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.changes().outvoteLate("c");
        }
    }

    /** Shows: what was given up, and comes behind what was compared, is found before the end. */
    @Test
    void aWriteThatComesTooLateIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeLate("c", LateScenarios.earlyMark());
        }
    }

    /** Shows: so is what another copy sent, which failed for that. */
    @Test
    void aDocumentOfAnEarlierCopyThatComesTooLateIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeLate("c", CopyMarks.copy(0, ShardSet.of(0)));
        }
    }

    /** Shows: so is the deletion of a replica that left, and came again meanwhile. */
    @Test
    void aDeletionOfAMoveThatComesTooLateIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeLate("c", CopyMarks.deletion(ShardSet.of(0)));
        }
    }

    /**
     * Shows: what a paused pod deletes that others have brought back meanwhile is found, and not
     * all that there is.
     */
    @Test
    void aDeletionOfAPausedPodIsFoundAndOthersHaveWhatItDeletes() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().deleteLate();
        }
    }

    /**
     * Shows: what a copy sent and gave up is found also when the node takes it behind the end of
     * the next copy: it brings back documents as they were.
     */
    @Test
    void aDocumentThatComesBehindTheEndOfACopyIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeBehindCopy("c");
        }
    }

    /** Shows: so is a write that was given up before the copy. */
    @Test
    void aWriteThatComesBehindTheEndOfACopyIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeBehindCopy("c", LateScenarios.earlyMark(), ShardSet.all(3));
        }
    }

    /** Shows: a deletion of what the node does not have is none that comes late. */
    @Test
    void whatAnotherShardLosesPutsNothingOut() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            String other = CopyMarks.deletion(ShardSet.of(5));
            simulation.late().comeBehindCopy("c", other, ShardSet.none());
            String some = CopyMarks.deletion(ShardSet.of(1, 5));
            simulation.late().comeBehindCopy("c", some, ShardSet.of(1));
        }
    }

    /** Shows: what comes between the copies of some shards and of others is found by the second. */
    @Test
    void whatComesBetweenTwoCopiesIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeBetweenCopies("c");
        }
    }

    /** Shows: who watches holds the lane of the name that the index has by then. */
    @Test
    void whatComesBehindARenameIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeBehindRename("c");
        }
    }

    /** Shows: so he does when another index has that name, and that one is left alone. */
    @Test
    void whatComesBehindASwapIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.watched().comeBehindSwap("c");
        }
    }

    /**
     * Shows: a copy that is tried again and again does not read each time what its node took since
     * the last one ended, and forgets that end when nobody looks behind it any more.
     */
    @Test
    void aCopyThatFailsAgainReadsTheNodesTasksOnce() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.watched().failAgain("c");
        }
    }

    /** Shows: nor what its source took. */
    @Test
    void aCopyThatIsTriedAgainReadsItsSourcesTasksOnce() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.watched().copyFromAgain("c");
        }
    }

    /** Shows: nor does a move that is tried again. */
    @Test
    void aMoveThatIsTriedAgainReadsTheNodesTasksOnce() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.watched().moveAgain();
        }
    }

    /** Shows: nor does anybody look behind no end because the pod was lost that began the next. */
    @Test
    void aCopysEndStaysWhenTheNextCopyIsBegun() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.watched().loseWhoBegins("c");
        }
    }

    /** Shows: a copy that has kept its end, and is begun again, does not keep the one before. */
    @Test
    void anOlderEndTakesNoNewerOnesPlace() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.watched().endInVain("c");
        }
    }

    /** Shows: the next copy, which fails, makes nobody watch behind the one before for ever. */
    @Test
    void aCopysEndIsWatchedForAnHour() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().watchForAnHour("c");
        }
    }

    /**
     * Shows: what a node took late is not copied from it to others, which would outvote the one
     * that is right then, also if nobody has looked at the node before.
     */
    @Test
    void whatComesLateToASourceIsNotCopied() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeToSource(false);
            simulation.late().comeToSource(true);
        }
    }

    /**
     * Shows: a pod whose tables lag does not announce a deletion in place of one of which nobody
     * knows what became; and one that is done leaves nothing in the store.
     */
    @Test
    void whoLagsForgetsNoDeletion() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.deletions().announceWhileLagging("d");
        }
    }

    /** Shows: nor does one that stood still between its look and its word. */
    @Test
    void whoIsLateForgetsNoDeletion() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.deletions().announceBehindAnother("d");
        }
    }

    /** Shows: that something else is copied to the node meanwhile hides nothing. */
    @Test
    void whatComesWhileAnotherShardIsCopiedIsFound() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeWhileCopied("c");
        }
    }

    /** Shows: what may be wrong is read on while all others are down, and out when one is back. */
    @Test
    void theLastReplicaThatAnswersIsNotPutOut() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            simulation.late().comeWhileOthersAreDown("c");
        }
    }

    /** Shows: one missed health check does not end a copy; as many as make a node down do. */
    @Test
    void aNodeThatIsSuspectIsCopiedToUntilItIsDown() throws Exception {
        try (RepairSimulation simulation =
                new RepairSimulation(directory, new CollectorRegistry())) {
            assertTrue(simulation.changes().missChecks("c", 1));
            assertFalse(simulation.changes().missChecks("c", 2));
        }
    }
}
