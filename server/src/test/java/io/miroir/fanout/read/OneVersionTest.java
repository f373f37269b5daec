package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexEffect.NodesStand;
import io.miroir.store.index.IndexEffect.SettingsCommitted;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Affecting;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.TaskType;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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

    private SqliteTaskStore store;
    private ClusterView view;
    private OneVersion reads;
    private long epoch;
    private long incarnation;

    @BeforeEach
    void open() throws Exception {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"), List.of("b"))));
        view.start();
        reads = new OneVersion(view);
        create();
        commit(List.of("a", "b"), List.of());
    }

    @AfterEach
    void close() {
        view.close();
        store.close();
    }

    private void create() {
        epoch = ((Claim.Claimed) store.lanes().claim("i", "p").orThrow()).epoch();
        Intend intend =
                new Intend(
                        "i",
                        epoch,
                        "index_create",
                        "i",
                        "0".repeat(64),
                        null,
                        0,
                        null,
                        Intend.ALLOT,
                        List.of(),
                        List.of());
        var intended = (Intention.Intended) store.lanes().intend(intend).orThrow();
        incarnation = intended.incarnation();
        Map<String, Long> accepted = Map.of("a", 1L, "b", 1L);
        Bind bind =
                new Bind(
                        "i",
                        epoch,
                        intended.position(),
                        TaskType.INDEX_CREATION,
                        "{}",
                        accepted,
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        List.of(
                                new IndexEffect.Created(
                                        "i", incarnation, "id", 4, "{}", replicas())),
                        null);
        store.lanes().bind(bind).orThrow();
    }

    private List<ReplicaRow> replicas() {
        ShardStates states = ShardStates.all(4, ShardState.IN_SYNC);
        return List.of(
                new ReplicaRow(incarnation, "a", states, 0),
                new ReplicaRow(incarnation, "b", states, 0));
    }

    private void affect(IndexEffect effect) {
        Reply<Affecting> reply = store.lanes().affect("i", epoch, List.of(effect));
        reply.orThrow();
        try {
            view.await(((Reply.Applied<?>) reply).index(), Duration.ofSeconds(60));
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private void commit(List<String> verified, List<String> unsettled) {
        affect(new SettingsCommitted(incarnation, "{}", verified, unsettled));
    }

    private void unsettle(String node) {
        affect(new NodesStand(incarnation, List.of(), List.of(node), NodesStand.ANY_VERSION));
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
                        (index, _) -> {
                            if (times.incrementAndGet() == 1) {
                                unsettle("a");
                                return from(A);
                            }
                            return from(index.settled("a") ? A : B);
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
                                affect(
                                        new NodesStand(
                                                incarnation,
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
        reads.read("i", by(1), (index, _) -> from(seenBy(index, "b", true)));
        reads.read("i", by(2), (index, _) -> from(seenBy(index, "b", false)));
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
                reads.read("i", with(behindB()), (index, _) -> from(seenBy(index, "b", false)));
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
