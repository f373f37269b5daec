package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.store.index.IndexEffect.NodesStand;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads while settings change (protocol, rule 7): two groups of one node, a and b. */
class OneVersionTest {
    private static final Set<String> A = Set.of("a");
    private static final Set<String> B = Set.of("b");

    @TempDir Path directory;

    private OneIndex index;
    private OneVersion reads;

    @BeforeEach
    void open() throws Exception {
        index = new OneIndex(directory);
        reads = new OneVersion(index.view());
        commit(List.of("a", "b"), List.of());
    }

    @AfterEach
    void close() {
        index.close();
    }

    private void commit(List<String> verified, List<String> unsettled) {
        index.commit("{}", verified, unsettled);
    }

    private void unsettle(String node) {
        index.affect(
                new NodesStand(
                        index.incarnation(), List.of(), List.of(node), NodesStand.ANY_VERSION));
    }

    private static Reading from(Set<String> asked) {
        return new Reading(Json.object(), ShardSet.none(), asked);
    }

    @Test
    void whatDidNotChangeMeanwhileIsReadOnce() {
        AtomicInteger times = new AtomicInteger();
        ReadReply reply =
                reads.read(
                        "i",
                        by(0),
                        (_, _) -> {
                            // Another group's node is none of this read's business.
                            unsettle("b");
                            times.incrementAndGet();
                            return from(A);
                        });
        assertEquals(1, times.get());
        assertEquals(OptionalLong.of(1), reply.settingsVersion());
        assertEquals(Set.of(), reply.inconsistent());
    }

    @Test
    void aNodeThatWentUnsettledUnderTheReadIsNotBelieved() {
        AtomicInteger times = new AtomicInteger();
        ReadReply reply =
                reads.read(
                        "i",
                        by(0),
                        (asked, _) -> {
                            if (times.incrementAndGet() == 1) {
                                unsettle("a");
                                return from(A);
                            }
                            return from(asked.settled("a") ? A : B);
                        });
        assertEquals(2, times.get());
        assertEquals(Set.of(), reply.inconsistent());
    }

    /** Settings that another node can't have are undone, under the same version. */
    @Test
    void aNodeThatIsSettledAgainWasInDoubtAllTheSame() {
        AtomicInteger times = new AtomicInteger();
        ReadReply reply =
                reads.read(
                        "i",
                        by(0),
                        (_, _) -> {
                            if (times.incrementAndGet() == 1) {
                                unsettle("a");
                                index.affect(
                                        new NodesStand(
                                                index.incarnation(),
                                                List.of("a"),
                                                List.of(),
                                                NodesStand.ANY_VERSION));
                            }
                            return from(A);
                        });
        assertEquals(2, times.get());
        assertEquals(Set.of(), reply.inconsistent());
    }

    /** The merge went by the old settings: the answer is made anew, by the new ones. */
    @Test
    void anotherVersionUnderTheReadIsReadAgain() {
        AtomicInteger times = new AtomicInteger();
        ReadReply reply =
                reads.read(
                        "i",
                        by(0),
                        (_, _) -> {
                            if (times.incrementAndGet() == 1) {
                                commit(List.of("a"), List.of("b"));
                                throw new ApiException(ErrorCode.INVALID_SEARCH_FILTER, "by old");
                            }
                            return from(A);
                        });
        assertEquals(OptionalLong.of(2), reply.settingsVersion());
        assertEquals(Set.of(), reply.inconsistent());
    }

    @Test
    void whatNeverHoldsStillIsAnsweredAndSaysSo() {
        AtomicInteger times = new AtomicInteger();
        ReadReply reply =
                reads.read(
                        "i",
                        by(0),
                        (_, _) -> {
                            times.incrementAndGet();
                            commit(List.of("a", "b"), List.of());
                            return from(A);
                        });
        assertEquals(OneVersion.TRIES_MAX, times.get());
        assertEquals(Set.of("i"), reply.inconsistent());
    }

    @Test
    void anAnswerWithAnUnsettledNodeSaysSo() {
        unsettle("a");
        assertEquals(
                Set.of("i"),
                reads.read("i", by(0), (_, _) -> from(Set.of("a", "b"))).inconsistent());
    }

    /** Floors: a node that may be changed still has what it was last seen with, or newer. */
    @Test
    void aFloorLeavesOutNodesWithAnOlderVersion() {
        commit(List.of("a"), List.of("b"));
        reads.read("i", by(1), (asked, _) -> from(seenBy(asked, "b", true)));
        reads.read("i", by(2), (asked, _) -> from(seenBy(asked, "b", false)));
        assertEquals(
                ErrorCode.MIROIR_SETTINGS_VERSION_STALE,
                assertThrows(ApiException.class, () -> reads.read("i", by(3), (_, _) -> from(A)))
                        .code());
        ApiException lacking =
                assertThrows(
                        ApiException.class,
                        () ->
                                reads.read(
                                        "i",
                                        by(2),
                                        (_, _) ->
                                                new Reading(
                                                        Json.object(), ShardSet.of(1), Set.of())));
        assertEquals(ErrorCode.MIROIR_SETTINGS_VERSION_STALE, lacking.code());
    }

    /** Nodes that have not applied what the read must see are not asked, whatever is in sync. */
    @Test
    void nodesThatAreBehindAreLeftOut() {
        ReadReply reply =
                reads.read("i", with(behindB()), (asked, _) -> from(seenBy(asked, "b", false)));
        assertEquals(OptionalLong.of(1), reply.settingsVersion());
    }

    /** The node that had the write is gone: it is waited for the other one, not given less. */
    @Test
    void whoWasToShowTheWriteIsGoneAndAnotherOneIsWaitedFor() {
        Behind writes = behindB();
        AtomicInteger times = new AtomicInteger();
        reads.read(
                "i",
                with(writes),
                (_, _) -> {
                    if (times.incrementAndGet() == 1) {
                        return new Reading(Json.object(), ShardSet.of(1), Set.of());
                    }
                    if (times.get() == 2) {
                        throw new ApiException(ErrorCode.MIROIR_SHARD_UNAVAILABLE, "nobody");
                    }
                    writes.behind = Set.of();
                    return from(B);
                });
        assertEquals(3, times.get());
        assertEquals(2, writes.waits);
        // Nobody is left out: what is missing then is missing for everybody.
        ReadReply partial =
                reads.read(
                        "i", with(writes), (_, _) -> new Reading(Json.object(), ShardSet.of(1), A));
        assertEquals(ShardSet.of(1), partial.missing());
    }

    private static Behind behindB() {
        Behind writes = new Behind();
        writes.behind = B;
        return writes;
    }

    private static final class Behind implements Terms.Writes {
        private Set<String> behind = Set.of();
        private int waits;

        @Override
        public Set<String> behind(String uid) {
            return behind;
        }

        @Override
        public void again() {
            waits++;
        }
    }

    private final AnswerBudget budget =
            new AnswerBudget(1 << 20, Duration.ZERO, new CollectorRegistry());

    private Terms by(long settingsVersion) {
        return new Terms(settingsVersion, Terms.Writes.NONE, share());
    }

    private Terms with(Behind writes) {
        return new Terms(0, writes, share());
    }

    private AnswerBudget.Share share() {
        try {
            return budget.open();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static Set<String> seenBy(IndexView index, String node, boolean expected) {
        assertEquals(expected, index.states().containsKey(node));
        return A;
    }
}
