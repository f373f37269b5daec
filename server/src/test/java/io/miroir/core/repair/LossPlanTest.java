package io.miroir.core.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is given up when nobody who answers has a shard in sync (protocol, rule 18). */
class LossPlanTest {
    private static final List<String> NODES = List.of("a", "b", "c");

    private final Map<String, ReplicaState> states = new HashMap<>();
    private final Set<String> down = new HashSet<>();
    private final Set<String> suspect = new HashSet<>();

    private LossPlan.Outcome plan(String node) {
        LossPlan.Health health =
                new LossPlan.Health() {
                    @Override
                    public boolean usable(String one) {
                        return !down.contains(one) && !suspect.contains(one);
                    }

                    @Override
                    public boolean mayAnswer(String one) {
                        return !down.contains(one);
                    }
                };
        return LossPlan.of(
                4,
                (one, shard) -> states.getOrDefault(one + shard, ReplicaState.NOT_HELD),
                NODES,
                health,
                node);
    }

    private void put(String node, ReplicaState state, int... shards) {
        for (int shard : shards) {
            states.put(node + shard, state);
        }
    }

    private static LossPlan.Outcome planned(
            ShardSet shards, Map<String, ShardSet> givenUp, Map<String, ShardSet> outvoted) {
        return new LossPlan.Outcome.Planned(new LossPlan(shards, givenUp, outvoted));
    }

    private static LossPlan.Outcome refused(String why) {
        return new LossPlan.Outcome.Refused(why);
    }

    @Test
    void whatNobodyHasButWhoIsDownIsTakenFromAnother() {
        put("a", ReplicaState.IN_SYNC, 0, 1, 2);
        put("b", ReplicaState.OUT, 0);
        put("b", ReplicaState.UNVERIFIED, 1);
        put("b", ReplicaState.OUT, 2);
        put("b", ReplicaState.IN_SYNC, 3);
        put("c", ReplicaState.LAGGING, 1);
        put("c", ReplicaState.IN_SYNC, 2);
        down.add("a");

        assertEquals(
                planned(
                        ShardSet.of(0, 1),
                        Map.of("a", ShardSet.of(0, 1)),
                        Map.of("c", ShardSet.of(1))),
                plan("b"));
        assertEquals(
                planned(ShardSet.of(1), Map.of("a", ShardSet.of(1)), Map.of("b", ShardSet.of(1))),
                plan("c"));
    }

    /** One that may come back in a moment is waited for: what it has is not given up. */
    @Test
    void whoMayAnswerKeepsWhatItHas() {
        put("a", ReplicaState.IN_SYNC, 0, 1, 2, 3);
        put("b", ReplicaState.OUT, 0);
        suspect.add("a");
        assertEquals(refused("each shard is in sync on a node that may answer"), plan("b"));
    }

    @Test
    void whoHasNothingOrDoesNotAnswerCanNotCount() {
        put("a", ReplicaState.IN_SYNC, 0, 1, 2, 3);
        put("b", ReplicaState.OUT, 0);
        put("c", ReplicaState.MOVING, 0, 1);
        down.add("a");
        assertEquals(
                refused("node c has no replica of the shards that are lost: 0,1,2,3"), plan("c"));
        assertEquals(refused("node a does not answer"), plan("a"));
        suspect.add("b");
        assertEquals(refused("node b does not answer"), plan("b"));
    }

    /** Right after a restore nobody vouches for any replica, and nothing is lost. */
    @Test
    void whatIsStillComparedIsNotLost() {
        for (String node : NODES) {
            put(node, ReplicaState.UNVERIFIED, 0, 1);
        }
        put("a", ReplicaState.OUT, 2);
        String compared = "copies that nobody vouches for are still compared, of the shards 0,1";
        down.add("c");
        assertEquals(planned(ShardSet.of(2), Map.of(), Map.of()), plan("a"));
        put("a", ReplicaState.IN_SYNC, 2, 3);
        assertEquals(refused(compared), plan("a"));
        // Who is left of three can't be a majority.
        down.add("b");
        assertEquals(
                planned(
                        ShardSet.of(0, 1),
                        Map.of(),
                        Map.of("b", ShardSet.of(0, 1), "c", ShardSet.of(0, 1))),
                plan("a"));
    }

    /** The only node comes back without its disk: what it has counts, though it is nothing. */
    @Test
    void anEmptyNodeMayCount() {
        put("a", ReplicaState.OUT, 0, 1, 2, 3);
        assertEquals(planned(ShardSet.all(4), Map.of(), Map.of()), plan("a"));
    }
}
