package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks.Step;
import io.miroir.store.topology.Topologies;
import io.miroir.store.topology.TopologyRow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Promises 1 and 2, protocol rules 2, 3 and 5: two decisions on the same replicas, each of them
 * right for what its pod saw, meet in the store in either order. A task of the lane is about to put
 * node-0 out, and a write that node-0 took is about to put node-1 out.
 */
public interface InSyncContract {
    ReadLevel READ = ReadLevel.LINEARIZABLE;
    ShardStates ALL = ShardStates.all(4, ShardState.IN_SYNC);
    List<Integer> SHARD = List.of(1);

    TaskStore store();

    /** A lane with an unfinished task, and a write that is intended. */
    record Race(String lane, long epoch, long incarnation, long taskUid, long position) {
        Finish ends(IndexEffect... effects) {
            return Finish.of(taskUid, epoch, TaskStatus.SUCCEEDED, null, null, List.of(effects));
        }

        LaneRun run() {
            return new LaneRun(lane, epoch);
        }

        IndexEffect out(String node) {
            return new IndexEffect.ReplicasOut(incarnation, node, SHARD);
        }

        Bind bind(Map<String, List<Integer>> counted, Map<String, String> missed) {
            return new Bind(
                    lane,
                    epoch,
                    position,
                    TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                    "{}",
                    Map.of("node-0", 8L),
                    counted,
                    missed,
                    missed.isEmpty() ? Map.of() : Map.of("node-1", SHARD),
                    null,
                    null,
                    List.of(),
                    null);
        }
    }

    private Race race(String lane) {
        long epoch = Writes.claim(store(), lane, "pod-a");
        var first = Writes.intended(store(), Writes.intend(lane, epoch, null));
        long incarnation = first.incarnation();
        IndexEffect created = Writes.created(lane, incarnation, "node-0", "node-1");
        Bind create = Writes.bind(lane, epoch, first.position(), Map.of(), List.of(created));
        var bound = assertInstanceOf(Binding.Bound.class, store().lanes().bind(create).orThrow());
        Intend next =
                new Intend(
                        lane,
                        epoch,
                        "x",
                        lane,
                        Writes.BODY,
                        null,
                        0,
                        null,
                        incarnation,
                        List.of("node-0", "node-1"),
                        List.of());
        long position = Writes.intended(store(), next).position();
        return new Race(lane, epoch, incarnation, bound.taskUid(), position);
    }

    private ReplicaRow replica(Race race, String node) {
        return store().replicas().get(READ, race.incarnation(), node).orElseThrow();
    }

    @Test
    default void aBindDoesNotPutOutTheReplicaThatATasksEndLeft() {
        Race race = race("end-then-bind");
        Finish end = race.ends(race.out("node-0"));
        assertInstanceOf(Step.Stepped.class, store().tasks().finish(end).orThrow());
        ReplicaRow left = replica(race, "node-1");

        Bind stale = race.bind(Map.of("node-0", SHARD), Map.of("node-1", "timed out"));
        assertInstanceOf(Binding.StatesChanged.class, store().lanes().bind(stale).orThrow());
        assertEquals(left, replica(race, "node-1"));
        assertEquals(1, store().lanes().openIntents(READ, race.lane()).size());
        assertTrue(store().tasks().unfinished(READ, race.lane()).isEmpty());
        // It acknowledges nothing and still would put the last one out.
        Bind failing = race.bind(Map.of(), Map.of("node-1", "timed out"));
        assertInstanceOf(Binding.StatesChanged.class, store().lanes().bind(failing).orThrow());

        Bind again = race.bind(Map.of(), Map.of());
        assertInstanceOf(Binding.Bound.class, store().lanes().bind(again).orThrow());
        assertEquals(left, replica(race, "node-1"));
    }

    @Test
    default void aTasksEndDoesNotPutOutTheReplicaThatABindLeft() {
        Race race = race("bind-then-end");
        Bind bind = race.bind(Map.of("node-0", SHARD), Map.of("node-1", "timed out"));
        assertInstanceOf(Binding.Bound.class, store().lanes().bind(bind).orThrow());

        Finish stale = race.ends(race.out("node-0"));
        assertEquals(new Step.StatesChanged(), store().tasks().finish(stale).orThrow());
        assertEquals(ALL, replica(race, "node-0").states());
        assertEquals(
                TaskStatus.ENQUEUED,
                store().tasks().get(READ, race.taskUid()).orElseThrow().status());

        assertInstanceOf(Step.Stepped.class, store().tasks().finish(race.ends()).orThrow());
        assertEquals(ALL, replica(race, "node-0").states());
    }

    @Test
    default void aTasksEndDoesNotPutOutAllReplicasTogether() {
        Race race = race("end-all");
        Finish all = race.ends(race.out("node-0"), race.out("node-1"));
        assertEquals(new Step.StatesChanged(), store().tasks().finish(all).orThrow());
        assertEquals(ALL, replica(race, "node-0").states());
        assertEquals(ALL, replica(race, "node-1").states());
    }

    @Test
    default void aReplicaThatWentOutMakesNoQuorum() {
        // Also where nobody missed the write: another replica has the shard, but not the write.
        Race race = race("counted");
        Finish end = race.ends(race.out("node-0"));
        assertInstanceOf(Step.Stepped.class, store().tasks().finish(end).orThrow());
        Bind stale = race.bind(Map.of("node-0", SHARD), Map.of());
        assertInstanceOf(Binding.StatesChanged.class, store().lanes().bind(stale).orThrow());
        // Its other shards are in sync as before.
        List<Integer> rest = List.of(0, 2, 3);
        Bind others = race.bind(Map.of("node-0", rest, "node-1", rest), Map.of());
        assertInstanceOf(Binding.Bound.class, store().lanes().bind(others).orThrow());
    }

    /** Shows: what counts leaves nobody in sync of whom nothing is said (rule 2). */
    @Test
    default void aWriteCountsWhereAllInSyncTookItOrMissedIt() {
        Race race = race("unsaid");
        Bind unsaid = race.bind(Map.of("node-0", SHARD), Map.of());
        assertInstanceOf(Binding.StatesChanged.class, store().lanes().bind(unsaid).orThrow());
        Bind partly = race.bind(Map.of("node-0", List.of(1, 2), "node-1", SHARD), Map.of());
        assertInstanceOf(Binding.StatesChanged.class, store().lanes().bind(partly).orThrow());
        assertEquals(1, store().lanes().openIntents(READ, race.lane()).size());
        // Of shard 2 the other one is said to have missed nothing.
        Bind other =
                race.bind(Map.of("node-0", List.of(1, 2)), Map.of("node-1", "the node is down"));
        assertInstanceOf(Binding.StatesChanged.class, store().lanes().bind(other).orThrow());
        Bind told = race.bind(Map.of("node-0", SHARD), Map.of("node-1", "the node is down"));
        assertInstanceOf(Binding.Bound.class, store().lanes().bind(told).orThrow());
        assertEquals(ShardState.OUT, replica(race, "node-1").states().get(SHARD.getFirst()));
    }

    /** What fails counts nothing, and what changes no document leaves all as they are. */
    @Test
    default void nothingNeedBeSaidOfOthersWhereNoDocumentCounts() {
        Race failing = race("failing");
        Bind nothing = failing.bind(Map.of(), Map.of());
        assertInstanceOf(Binding.Bound.class, store().lanes().bind(nothing).orThrow());
        Race compacted = race("compacted");
        Bind one = compacted.bind(Map.of("node-0", SHARD), Map.of());
        Bind compaction =
                new Bind(
                        one.lane(),
                        one.epoch(),
                        one.position(),
                        TaskType.INDEX_COMPACTION,
                        one.detailsJson(),
                        one.accepted(),
                        one.counted(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        List.of(),
                        null);
        assertInstanceOf(Binding.Bound.class, store().lanes().bind(compaction).orThrow());
        assertEquals(ALL, replica(compacted, "node-1").states());
    }

    private ReplicaRow out(Race race, String node) {
        ReplicaRow row = replica(race, node);
        ShardStates states = row.states().with(SHARD.getFirst(), ShardState.OUT);
        return new ReplicaRow(race.incarnation(), node, states, row.version());
    }

    @Test
    default void marksOfTwoNodesDoNotPutOutTheLastReplicaTogether() {
        // Each has its own node's version right: nothing happened to that node since.
        Race race = race("two-marks");
        ReplicaRow first = out(race, "node-0");
        ReplicaRow second = out(race, "node-1");
        assertEquals(
                new Mark.StatesChanged(),
                store().replicas().markDiverged(List.of(first, second)).orThrow());
        assertInstanceOf(
                Mark.Marked.class, store().replicas().markDiverged(List.of(first)).orThrow());
        assertEquals(
                new Mark.StatesChanged(),
                store().replicas().markDiverged(List.of(second)).orThrow());
        assertEquals(ALL, replica(race, "node-1").states());
        // A node that lost its disk has it no more, whatever is wanted.
        assertInstanceOf(Mark.Marked.class, store().replicas().markAll(List.of(second)).orThrow());
        assertEquals(second.states(), replica(race, "node-1").states());
    }

    @Test
    default void aMarkThatPutsNothingInSyncOutIsNotHeldUpByWhatIsOut() {
        Race race = race("one-mark-out");
        Mark lost = store().replicas().markAll(List.of(out(race, "node-0"))).orThrow();
        assertInstanceOf(Mark.Marked.class, lost);
        ReplicaRow row = replica(race, "node-0");
        ReplicaRow more =
                new ReplicaRow(
                        race.incarnation(),
                        "node-0",
                        ShardStates.all(4, ShardState.OUT),
                        row.version());
        assertInstanceOf(
                Mark.Marked.class, store().replicas().markDiverged(List.of(more)).orThrow());
    }

    private ReplicaRow leaving(Race race, String node) {
        ReplicaRow row = replica(race, node);
        ShardStates states = row.states().with(SHARD.getFirst(), ShardState.MOVING);
        return new ReplicaRow(race.incarnation(), node, states, row.version());
    }

    @Test
    default void whatOthersHaveIsLetGoOfWhileTheyHaveItInSync() {
        Race race = race("let-go");
        List<ReplicaRow> gone = List.of(leaving(race, "node-0"));
        ReplicaRow other = out(race, "node-1");
        assertInstanceOf(Mark.Marked.class, store().replicas().markAll(List.of(other)).orThrow());
        // Decided before: it would be the end of the last replica.
        assertEquals(
                new Mark.StatesChanged(),
                store().replicas().letGo(gone, Map.of("node-1", SHARD), race.run()).orThrow());
        assertEquals(ALL, replica(race, "node-0").states());
        // What a node is not known to have, it does not hold for others.
        assertEquals(
                new Mark.StatesChanged(),
                store().replicas().letGo(gone, Map.of("node-9", SHARD), race.run()).orThrow());
        // Its other shards are in sync.
        assertInstanceOf(
                Mark.Marked.class,
                store().replicas()
                        .letGo(gone, Map.of("node-1", List.of(0, 2, 3)), race.run())
                        .orThrow());
        assertEquals(gone.getFirst().states(), replica(race, "node-0").states());
    }

    @Test
    default void whatLeavesMissesNothing() {
        Race race = race("leaving-misses");
        ReplicaRow gone = leaving(race, "node-1");
        Mark let =
                store().replicas()
                        .letGo(List.of(gone), Map.of("node-0", SHARD), race.run())
                        .orThrow();
        assertInstanceOf(Mark.Marked.class, let);
        Bind bind = race.bind(Map.of("node-0", SHARD), Map.of("node-1", "timed out"));
        assertInstanceOf(Binding.Bound.class, store().lanes().bind(bind).orThrow());
        assertEquals(gone.states(), replica(race, "node-1").states());
    }

    /** Shows: who was paused marks nothing once another has run the lane, whatever rows say. */
    @Test
    default void aLanesOwnerMarksUntilAnotherOneClaimsIt() {
        Race race = race("fenced");
        ReplicaRow row = out(race, "node-1");
        assertInstanceOf(Mark.Marked.class, store().replicas().mark(row, race.run()).orThrow());
        ReplicaRow now = replica(race, "node-1");
        ReplicaRow back = new ReplicaRow(race.incarnation(), "node-1", ALL, now.version());
        ReplicaRow gone = leaving(race, "node-0");
        long next = Writes.claim(store(), race.lane(), "pod-b");
        Mark fenced = new Mark.Fenced("pod-b", next);
        assertEquals(fenced, store().replicas().mark(back, race.run()).orThrow());
        assertEquals(fenced, store().replicas().markAll(List.of(back), race.run()).orThrow());
        assertEquals(
                fenced,
                store().replicas()
                        .markDiverged(List.of(out(race, "node-0")), race.run())
                        .orThrow());
        assertEquals(
                fenced, store().replicas().letGo(List.of(gone), Map.of(), race.run()).orThrow());
        // Nothing says who has a lane that nobody ever claimed.
        assertEquals(
                new Mark.Fenced("", 0),
                store().replicas().mark(back, new LaneRun("unknown", next)).orThrow());
        assertEquals(now, replica(race, "node-1"));
        assertEquals(ALL, replica(race, "node-0").states());
        LaneRun run = new LaneRun(race.lane(), next);
        assertInstanceOf(Mark.Marked.class, store().replicas().mark(back, run).orThrow());
        assertEquals(ALL, replica(race, "node-1").states());
    }

    /** Shows: an index that bears another name is written to in another lane, of another pod. */
    @Test
    default void aLanesOwnerMarksNothingOfAnIndexThatWasRenamed() {
        Race race = race("named");
        ReplicaRow row = replica(race, "node-1");
        IndexEffect renamed = new IndexEffect.Renamed(race.incarnation(), "named-later");
        store().lanes().affect(race.lane(), race.epoch(), List.of(renamed)).orThrow();
        assertEquals(race.epoch(), store().lanes().get(READ, race.lane()).orElseThrow().epoch());
        assertEquals(
                new Mark.Fenced("", 0),
                store().replicas().mark(out(race, "node-1"), race.run()).orThrow());
        assertEquals(row, replica(race, "node-1"));
        LaneRun run = new LaneRun("named-later", Writes.claim(store(), "named-later", "pod-b"));
        assertInstanceOf(
                Mark.Marked.class, store().replicas().mark(out(race, "node-1"), run).orThrow());
    }

    /** Shows: what a disk took with it is marked as long as the nodes are those that were seen. */
    @Test
    default void whatADiskTookWithItGoesOutUnderTheTopologyThatWasSeen() {
        Race race = race("lost-disk");
        long seen = replaceTopology();
        List<ReplicaRow> lost = List.of(out(race, "node-0"), out(race, "node-1"));
        long now = replaceTopology();
        assertEquals(new Mark.StatesChanged(), store().replicas().markLost(lost, seen).orThrow());
        assertEquals(ALL, replica(race, "node-0").states());
        // The last ones too: nobody has them.
        assertInstanceOf(Mark.Marked.class, store().replicas().markLost(lost, now).orThrow());
        assertEquals(lost.getFirst().states(), replica(race, "node-0").states());
    }

    private long replaceTopology() {
        long known = store().topology().get(READ).map(TopologyRow::version).orElse(0L);
        return assertInstanceOf(
                        Topologies.Replacement.Replaced.class,
                        store().topology().replace("{}", known).orThrow())
                .version();
    }
}
