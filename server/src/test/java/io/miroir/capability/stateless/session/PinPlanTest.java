package io.miroir.capability.stateless.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.Topology;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two groups of two nodes, a and b, c and d; four shards, one copy a group. */
class PinPlanTest {
    private static final int SHARDS = 4;
    private static final Topology FLEET =
            new Topology(SHARDS, 1, List.of(List.of("a", "b"), List.of("c", "d")));
    private static final IndexView WHOLE = index(Set.of());

    private static IndexView index(Set<String> out) {
        Map<String, ShardStates> states = new TreeMap<>();
        for (String node : FLEET.nodes()) {
            ShardStates held = ShardStates.all(SHARDS, ShardState.NOT_HELD);
            for (var shard = FLEET.shardsOf(node).iterator(); shard.hasNext(); ) {
                held =
                        held.with(
                                shard.nextInt(),
                                out.contains(node) ? ShardState.OUT : ShardState.IN_SYNC);
            }
            states.put(node, held);
        }
        IndexRow row =
                new IndexRow("i", 7, "m7", "id", SHARDS, "{}", 1, IndexRow.Standing.SETTLED, 0, 0);
        return new IndexView(row, Json.object(), FLEET, states, Map.of());
    }

    private static TaskRow task(
            @Nullable String indexUid, long incarnation, List<String> namesOfSwap) {
        return new TaskRow(
                1,
                null,
                indexUid,
                TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                TaskStatus.ENQUEUED,
                null,
                "{}",
                null,
                new TaskRow.Dates(1, null, null),
                new TaskRow.Origin("i", 1, 1, incarnation, Map.of(), Map.of()),
                namesOfSwap);
    }

    @Test
    void aTaskConcernsTheIndexThatHasItsName() {
        assertTrue(PinPlan.concerns(task("i", 7, List.of()), WHOLE));
        assertFalse(PinPlan.concerns(task("other", 8, List.of()), WHOLE));
        // Deleted and made anew: the former index has nothing to show.
        assertFalse(PinPlan.concerns(task("i", 6, List.of()), WHOLE));
        assertTrue(PinPlan.concerns(task(null, 6, List.of("x", "i")), WHOLE));
    }

    @Test
    void oneGroupThatHasTheWriteIsEnough() {
        assertTrue(PinPlan.mayAsk(WHOLE, Set.of("c", "d"), _ -> true));
        assertTrue(PinPlan.mayAsk(WHOLE, Set.of(), _ -> true));
        assertFalse(PinPlan.mayAsk(WHOLE, Set.of("a", "b", "c", "d"), _ -> true));
    }

    @Test
    void aShardMayComeFromAnotherGroup() {
        // What b lacks, c and d have between them.
        assertTrue(PinPlan.mayAsk(WHOLE, Set.of("b"), _ -> true));
        assertFalse(PinPlan.mayAsk(WHOLE, Set.of("b", "c", "d"), _ -> true));
    }

    @Test
    void aNodeThatIsDownShowsNothing() {
        assertFalse(PinPlan.mayAsk(WHOLE, Set.of("c", "d"), node -> !node.equals("a")));
        // Nobody is to come: the read says itself what it lacks.
        assertTrue(PinPlan.mayAsk(index(Set.of("c", "d")), Set.of(), _ -> false));
        assertTrue(PinPlan.mayAsk(index(Set.of("c", "d")), Set.of("c", "d"), _ -> true));
    }

    @Test
    void aPinHoldsWhileItsGroupIsWhole() {
        assertEquals(Set.of("c", "d"), PinPlan.outside(WHOLE, 0, _ -> true));
        assertEquals(Set.of("a", "b"), PinPlan.outside(WHOLE, 1, _ -> true));
        assertEquals(Set.of(), PinPlan.outside(WHOLE, 0, node -> !node.equals("b")));
        assertEquals(Set.of(), PinPlan.outside(index(Set.of("a")), 0, _ -> true));
        assertEquals(Set.of(), PinPlan.outside(WHOLE, 2, _ -> true), "a group that is gone");
    }
}
