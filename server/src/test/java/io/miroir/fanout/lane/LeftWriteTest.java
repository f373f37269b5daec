package io.miroir.fanout.lane;

import static io.miroir.fanout.lane.Divergence.Has.NO;
import static io.miroir.fanout.lane.Divergence.Has.UNKNOWN;
import static io.miroir.fanout.lane.Divergence.Has.YES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.cluster.Fleet;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.lane.LeftWrite.Bound;
import io.miroir.fanout.lane.LeftWrite.Fate;
import io.miroir.fanout.lane.LeftWrite.GivenUp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a write of shards 1 and 2 that was left without a task. */
class LeftWriteTest {
    private static final ShardSet BOTH = ShardSet.of(1, 2);
    private static final ShardSet NONE = ShardSet.none();
    private static final Topology TWO_GROUPS =
            new Fleet(4, 1, List.of(List.of("a"), List.of("b"))).topology(4);
    private static final Topology TWO_COPIES =
            new Fleet(4, 2, List.of(List.of("a", "b"))).topology(4);

    private static Fate fate(
            Topology topology, ShardSet onA, ShardSet onB, Divergence.Has a, Divergence.Has b) {
        return LeftWrite.of(
                topology, Optional.of(BOTH), Map.of("a", onA, "b", onB), Map.of("a", a, "b", b));
    }

    @Test
    void whatAllHaveIsATask() {
        Bound all = new Bound(Map.of("a", BOTH, "b", BOTH), Map.of(), NONE);
        assertEquals(all, fate(TWO_GROUPS, BOTH, BOTH, YES, YES));
        assertEquals(all, fate(TWO_COPIES, BOTH, BOTH, YES, YES));
    }

    @Test
    void oneGroupIsEnoughAndTheOtherIsOut() {
        Bound one = new Bound(Map.of("a", BOTH), Map.of("b", BOTH), NONE);
        assertEquals(one, fate(TWO_GROUPS, BOTH, BOTH, YES, NO));
        assertEquals(one, fate(TWO_GROUPS, BOTH, BOTH, YES, UNKNOWN));
    }

    @Test
    void lessThanAQuorumOfAGroupIsATaskThatFails() {
        assertEquals(
                new Bound(Map.of(), Map.of("b", BOTH), BOTH),
                fate(TWO_COPIES, BOTH, BOTH, YES, NO));
    }

    @Test
    void aShardThatNobodyInSyncHasFailsItAndIsTheSameEverywhere() {
        assertEquals(
                new Bound(Map.of(), Map.of("b", ShardSet.of(2)), ShardSet.of(1)),
                fate(TWO_GROUPS, ShardSet.of(2), BOTH, YES, NO));
    }

    @Test
    void whatNobodyInSyncHasIsGivenUp() {
        assertEquals(new GivenUp(), fate(TWO_GROUPS, NONE, BOTH, YES, NO));
        assertEquals(new GivenUp(), fate(TWO_GROUPS, BOTH, BOTH, NO, UNKNOWN));
    }

    @Test
    void whereItsShardsAreNotKnownThereIsNoQuorum() {
        ShardSet all = ShardSet.all(4);
        assertEquals(
                Bound.unjudged(Map.of("b", all)),
                LeftWrite.of(
                        TWO_COPIES,
                        Optional.empty(),
                        Map.of("a", all, "b", all),
                        Map.of("a", YES, "b", NO)));
    }
}
