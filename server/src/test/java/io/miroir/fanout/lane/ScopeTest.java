package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.quorum.Quorum;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What a client is told of groups that did not take a write. */
class ScopeTest {
    private static final ShardSet ALL = ShardSet.all(2);
    private static final Topology ONE = new Topology(2, 1, List.of(List.of("a")));
    private static final Topology TWO = new Topology(2, 1, List.of(List.of("a"), List.of("b")));

    private static Quorum.Met met(Scope scope) {
        return (Quorum.Met) scope.before();
    }

    private static Scope scope(Topology topology) {
        WritePlan plan = WritePlan.of(topology, Replicas.assigned(ONE), _ -> true, ALL);
        return new Scope(topology, 1, ALL, plan);
    }

    /** Shows: a group that comes has nothing yet, and one that goes has nothing any more. */
    @Test
    void aGroupThatComesOrGoesIsNotDegraded() {
        Scope stays = scope(TWO);
        assertEquals(Map.of(1, ALL), stays.degraded(met(stays)));
        Scope comes = scope(ONE.changingTo(TWO));
        assertEquals(Map.of(), comes.degraded(met(comes)));
        // It has nothing that a session could read there either.
        assertEquals(OptionalInt.of(0), met(comes).firstWhole(2));
        assertNull(comes.pinned(Map.of()));
    }
}
