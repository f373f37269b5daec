package io.miroir.core.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is copied from where (protocol, rule 14). */
class CopyPlanTest {
    private final Topology topology =
            new Topology(4, 2, List.of(List.of("a", "b"), List.of("c", "d")));
    private final Map<String, ReplicaState> states = new HashMap<>();

    private Replicas replicas() {
        return (node, shard) -> states.getOrDefault(node + shard, ReplicaState.IN_SYNC);
    }

    private List<Copy> plan(String... down) {
        return CopyPlan.of(topology, replicas(), node -> !List.of(down).contains(node));
    }

    private void put(String node, ReplicaState state, int... shards) {
        for (int shard : shards) {
            states.put(node + shard, state);
        }
    }

    @Test
    void whereAllAreInSyncNothingIsCopied() {
        assertEquals(List.of(), plan());
    }

    @Test
    void aNodeGetsAllThatItLacksFromOneOfItsGroup() {
        put("a", ReplicaState.OUT, 0);
        put("a", ReplicaState.LAGGING, 1);
        put("a", ReplicaState.UNVERIFIED, 3);

        assertEquals(List.of(new Copy("a", "b", ShardSet.of(0, 1, 3))), plan());
    }

    @Test
    void theSourceIsWhoHasMostOfIt() {
        put("a", ReplicaState.OUT, 0, 1);
        put("b", ReplicaState.OUT, 0);

        assertEquals(new Copy("a", "d", ShardSet.of(0, 1)), plan().getFirst());
        assertEquals(List.of(new Copy("a", "b", ShardSet.of(1))), plan("c", "d"));
    }

    @Test
    void whatIsLeftOverIsWhatOthersHave() {
        put("a", ReplicaState.NOT_HELD, 0, 1, 2);
        put("b", ReplicaState.NOT_HELD, 1, 2);
        put("c", ReplicaState.NOT_HELD, 1, 2);
        put("d", ReplicaState.NOT_HELD, 1);
        put("d", ReplicaState.OUT, 2);

        assertEquals(ShardSet.of(0), CopyPlan.leftOver(topology, replicas(), "a"));
    }

    @Test
    void whoDoesNotAnswerIsNeitherSourceNorTarget() {
        put("a", ReplicaState.OUT, 0);

        assertEquals(List.of(), plan("a"));
        assertEquals("c", plan("b", "d").getFirst().source());
    }

    @Test
    void whatNobodyHasCanNotBeCopied() {
        for (String node : List.of("a", "b", "c", "d")) {
            put(node, ReplicaState.OUT, 2);
        }

        assertEquals(List.of(), plan());
    }

    @Test
    void whatANodeIsNotToHoldIsNotCopiedToIt() {
        put("a", ReplicaState.NOT_HELD, 0, 1, 2, 3);

        assertEquals(List.of(), plan());
    }
}
