package io.miroir.core.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopologyTest {
    /** Shows: every group holds every shard on as many different nodes as there are copies. */
    @Test
    void everyGroupHoldsEverything() {
        Topology topology = new Topology(64, 2, List.of(List.of("a", "b", "c"), List.of("d", "e")));
        for (int shard = 0; shard < 64; shard++) {
            assertEquals(2, Set.copyOf(topology.assign(shard, 0)).size());
            assertTrue(List.of("a", "b", "c").containsAll(topology.assign(shard, 0)));
            assertEquals(Set.of("d", "e"), Set.copyOf(topology.assign(shard, 1)));
            assertEquals(4, topology.writeTargets(shard).size());
        }
        int copies = "abc".chars().map(n -> topology.shardsOf((char) n + "").size()).sum();
        assertEquals(128, copies);
        assertEquals(ShardSet.none(), topology.shardsOf("stranger"));
        assertEquals(-1, topology.groupOf("stranger"));
    }

    /** Shows: shapes that can't hold the copies are refused. */
    @Test
    void refusesImpossibleShapes() {
        List<List<String>> one = List.of(List.of("a"));
        assertThrows(IllegalArgumentException.class, () -> new Topology(0, 1, one));
        assertThrows(IllegalArgumentException.class, () -> new Topology(65_537, 1, one));
        assertThrows(IllegalArgumentException.class, () -> new Topology(1, 2, one));
        assertThrows(IllegalArgumentException.class, () -> new Topology(1, 1, List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Topology(1, 1, List.of(List.of("a"), List.of("a"))));
    }

    /** Shows: while the nodes change a shard may be wherever either layout has it, in its group. */
    @Test
    void aTopologyThatChangesHasBothLayouts() {
        Topology now = new Topology(16, 1, List.of(List.of("a", "b"), List.of("x")));
        Topology then = new Topology(16, 1, List.of(List.of("b", "c"), List.of("x")));
        Topology both = now.changingTo(then);
        assertEquals(List.of(List.of("a", "b", "c"), List.of("x")), both.groups());
        for (String node : both.nodes()) {
            assertEquals(now.shardsOf(node).or(then.shardsOf(node)), both.shardsOf(node), node);
            assertEquals(node.equals("x") ? 1 : 0, both.groupOf(node));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> now.changingTo(new Topology(8, 1, now.groups())));
    }

    /** Shows: a group that comes or goes has its place among the others, which keep theirs. */
    @Test
    void aGroupComesOrGoes() {
        Topology all = new Topology(16, 1, List.of(List.of("a"), List.of("b", "c"), List.of("d")));
        Topology fewer = new Topology(16, 1, List.of(List.of("a"), List.of("d")));
        for (Topology both : List.of(all.changingTo(fewer), fewer.changingTo(all))) {
            assertEquals(all.groups(), both.groups());
            for (int shard = 0; shard < 16; shard++) {
                assertEquals(all.writeTargets(shard), both.writeTargets(shard));
            }
            assertTrue(both.isLasting(0) && both.isLasting(2));
            assertFalse(both.isLasting(1));
        }
        assertTrue(all.isLasting(1));
        Topology other = new Topology(16, 1, List.of(List.of("a"), List.of("b", "e")));
        assertThrows(IllegalArgumentException.class, () -> all.changingTo(other));
    }

    /** Shows: while copies become more or fewer a shard may be on as many nodes as it ever has. */
    @Test
    void copiesBecomeMoreOrFewer() {
        List<List<String>> groups = List.of(List.of("a", "b", "c"));
        Topology one = new Topology(16, 1, groups);
        Topology two = new Topology(16, 2, groups);
        for (Topology both : List.of(one.changingTo(two), two.changingTo(one))) {
            // What is enough for a quorum with the fewer copies is enough all the while.
            assertEquals(1, both.replicationFactor());
            for (int shard = 0; shard < 16; shard++) {
                assertEquals(two.assign(shard, 0), both.assign(shard, 0));
            }
        }
    }

    /** Shows: stored codes keep their meaning, unknown ones are refused. */
    @Test
    void codesOfReplicaStates() {
        assertEquals(ReplicaState.IN_SYNC, ReplicaState.of((byte) 1));
        for (ReplicaState state : ReplicaState.values()) {
            assertEquals(state, ReplicaState.of(state.code()));
        }
        assertThrows(IllegalArgumentException.class, () -> ReplicaState.of((byte) 6));
    }
}
