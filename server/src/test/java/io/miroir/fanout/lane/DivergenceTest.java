package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.lane.Divergence.Has;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which replicas go out after a write (protocol, rules 2 to 4). */
class DivergenceTest {
    private static final Map<String, ShardSet> REPLICAS =
            Map.of(
                    "a", ShardSet.of(0, 1),
                    "b", ShardSet.of(2, 3),
                    "c", ShardSet.of(0, 2),
                    "d", ShardSet.of(1, 3));

    @Test
    void nobodyGoesOutWhenAllHaveIt() {
        assertEquals(
                Map.of(),
                Divergence.of(
                        REPLICAS, Map.of("a", Has.YES, "b", Has.YES, "c", Has.YES, "d", Has.YES)));
    }

    @Test
    void whoMissedItGoesOutForTheShardsThatOthersHave() {
        assertEquals(
                Map.of("c", ShardSet.of(0, 2)),
                Divergence.of(
                        REPLICAS, Map.of("a", Has.YES, "b", Has.YES, "c", Has.NO, "d", Has.YES)));
    }

    @Test
    void aShardThatNobodyTookStaysAsItIs() {
        // Shard 2 is on b and c: neither has it, so both are still equal.
        assertEquals(
                Map.of("b", ShardSet.of(3), "c", ShardSet.of(0)),
                Divergence.of(
                        REPLICAS, Map.of("a", Has.YES, "b", Has.NO, "c", Has.NO, "d", Has.YES)));
    }

    @Test
    void whoMayHaveItGoesOutBesideThoseWhoSurelyDoNot() {
        assertEquals(
                Map.of("a", ShardSet.of(0, 1)),
                Divergence.of(
                        REPLICAS, Map.of("a", Has.UNKNOWN, "b", Has.NO, "c", Has.NO, "d", Has.NO)));
    }

    /** The last copy is never given up by a guess. */
    @Test
    void oneReplicaRemainsWhenNobodyKnows() {
        assertEquals(
                Map.of("c", ShardSet.of(0, 2), "d", ShardSet.of(1, 3)),
                Divergence.of(
                        REPLICAS,
                        Map.of(
                                "a", Has.UNKNOWN,
                                "b", Has.UNKNOWN,
                                "c", Has.UNKNOWN,
                                "d", Has.UNKNOWN)));
        assertEquals(
                Map.of(), Divergence.of(Map.of("a", ShardSet.of(0)), Map.of("a", Has.UNKNOWN)));
    }

    /** Who keeps the one that is down reads neither. */
    @Test
    void whoAnswersRemainsWhenNobodyKnows() {
        Map<String, ShardSet> two = Map.of("a", ShardSet.of(0), "b", ShardSet.of(0));
        Map<String, Has> unknown = Map.of("a", Has.UNKNOWN, "b", Has.UNKNOWN);
        assertEquals(
                Map.of("a", ShardSet.of(0)),
                Divergence.of(two, Divergence.heard(unknown, "b"::equals)));
        assertEquals(
                Map.of("b", ShardSet.of(0)),
                Divergence.of(two, Divergence.heard(unknown, _ -> false)));
        // One that surely has it, or has not, remains whether it answers or not.
        for (Has known : new Has[] {Has.YES, Has.NO}) {
            Map<String, Has> one = Map.of("a", known, "b", Has.UNKNOWN);
            assertEquals(
                    Map.of("b", ShardSet.of(0)),
                    Divergence.of(two, Divergence.heard(one, "b"::equals)));
        }
    }

    private static final Map<String, ShardSet> LAGGING = Map.of("e", ShardSet.of(0, 2));

    private static Map<String, ShardSet> withLagging(Has a, Has b, Has c, Has d, Has e) {
        return Divergence.of(REPLICAS, LAGGING, Map.of("a", a, "b", b, "c", c, "d", d, "e", e));
    }

    /** What lags is copied to, so it may miss nothing of what those have that are read. */
    @Test
    void whatLagsAndMissedItIsCopiedAnew() {
        assertEquals(Map.of(), withLagging(Has.YES, Has.YES, Has.YES, Has.YES, Has.YES));
        assertEquals(LAGGING, withLagging(Has.YES, Has.YES, Has.YES, Has.YES, Has.NO));
        assertEquals(LAGGING, withLagging(Has.YES, Has.YES, Has.YES, Has.YES, Has.UNKNOWN));
    }

    @Test
    void whatLagsGoesWithTheShardsThatNobodyTook() {
        assertEquals(Map.of(), withLagging(Has.NO, Has.NO, Has.NO, Has.NO, Has.NO));
        assertEquals(LAGGING, withLagging(Has.NO, Has.NO, Has.NO, Has.NO, Has.YES));
        // Shard 0 is on a, which took it; shard 2 is on b and c, which did not.
        assertEquals(
                ShardSet.of(0), withLagging(Has.YES, Has.NO, Has.NO, Has.YES, Has.NO).get("e"));
    }

    @Test
    void whatLagsIsCopiedAnewWhereNobodyKnows() {
        assertEquals(
                ShardSet.of(0, 2),
                withLagging(Has.UNKNOWN, Has.UNKNOWN, Has.UNKNOWN, Has.UNKNOWN, Has.NO).get("e"));
    }
}
