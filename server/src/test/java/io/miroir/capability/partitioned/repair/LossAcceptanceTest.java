package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.RoomForJobs;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.lane.BoundWrites;
import io.miroir.fanout.lane.LaneHolder;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * What an operator gives up may be worth more by the time at which it is: the kept node is made
 * ready first (protocol, rule 18). Of two nodes a is down and has all in sync; b is to count.
 */
class LossAcceptanceTest {
    private static final int SHARDS = 2;
    private static final Duration SEEN_MAX = Duration.ofSeconds(60);
    private static final NodeRequest PROBE =
            NodeRequest.get("health", "/health", Duration.ofSeconds(1));

    @TempDir Path directory;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final LossMetrics metrics = new LossMetrics(registry);
    private final SimulatedNode a = new SimulatedNode();
    private final SimulatedNode b = new SimulatedNode();
    private Runnable meanwhile = () -> {};
    private SqliteTaskStore store;
    private ClusterView view;
    private NodeHealth health;
    private CopyContext context;
    private long epoch;

    @BeforeEach
    void begin() throws InterruptedException {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(SHARDS, 1, List.of(List.of("a"), List.of("b"))));
        view.start();
        health =
                new NodeHealth(
                        List.of("a", "b"),
                        new HealthState.Thresholds(1, 1),
                        InstantSource.system(),
                        _ -> {});
        answered("b", new NodeReply.Answer(200, Json.object()));
        answered("a", new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "away"));
        assertEquals(HealthState.Status.DOWN, health.status("a"));
        Nodes nodes =
                Nodes.over(
                        Map.of("a", request -> a.answer(request, false), "b", this::askB),
                        (_, _, _, _) -> {});
        context = new CopyContext("p", store, view, nodes, health, holder(), Holds.upTo(SEEN_MAX));
        epoch = claim("p");
        create();
    }

    @AfterEach
    void end() throws Exception {
        view.close();
        store.close();
    }

    private void answered(String node, NodeReply reply) {
        health.replied(node, PROBE, reply, 1);
    }

    private NodeReply askB(NodeRequest request) {
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
        NodeReply reply = b.answer(request, false);
        boolean _ = b.work();
        return reply;
    }

    /** Believes that the lane is still its own, as a pod that was paused does. */
    private LaneHolder holder() {
        return new LaneHolder() {
            @Override
            public boolean mayFeed(String node) {
                return true;
            }

            @Override
            public boolean owns(String lane) {
                return true;
            }

            @Override
            public <T> Optional<T> hold(String lane, Held<T> work) throws InterruptedException {
                return Optional.of(work.run(epoch));
            }
        };
    }

    private long claim(String pod) throws InterruptedException {
        return ((Lanes.Claim.Claimed) seen(store.lanes().claim("i", pod))).epoch();
    }

    private void create() throws InterruptedException {
        Lanes.Intention.Intended place =
                BoundWrites.intend(store, "i", epoch, "index_create", List.of("a", "b"));
        long incarnation = place.incarnation();
        List<ReplicaRow> rows =
                List.of(
                        new ReplicaRow(
                                incarnation, "a", ShardStates.all(SHARDS, ShardState.IN_SYNC), 0),
                        new ReplicaRow(
                                incarnation, "b", ShardStates.all(SHARDS, ShardState.OUT), 0));
        List<IndexEffect> effects =
                List.of(
                        new IndexEffect.Created("i", incarnation, "id", SHARDS, "{}", rows),
                        new IndexEffect.SettingsCommitted(
                                incarnation, "{}", List.of("a", "b"), List.of()));
        Bind bind =
                new Bind(
                        "i",
                        epoch,
                        place.position(),
                        TaskType.INDEX_CREATION,
                        "{}",
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        TaskStatus.SUCCEEDED,
                        null,
                        effects,
                        null);
        assertTrue(seen(store.lanes().bind(bind)) instanceof Lanes.Binding.Bound);
    }

    private <T> T seen(Reply<T> reply) throws InterruptedException {
        T outcome = reply.orThrow();
        assertTrue(
                reply instanceof Reply.Applied<T> applied && view.await(applied.index(), SEEN_MAX));
        return outcome;
    }

    private IndexRow index() {
        return view.index("i").orElseThrow().row();
    }

    private ShardStates states(String node) {
        return store.replicas()
                .get(ReadLevel.LOCAL, index().incarnation(), node)
                .orElseThrow()
                .states();
    }

    private void assertStates(ShardState a, ShardState b) {
        assertEquals(ShardStates.all(SHARDS, a), states("a"));
        assertEquals(ShardStates.all(SHARDS, b), states("b"));
    }

    private LossAcceptance acceptance() {
        return new LossAcceptance(context, metrics);
    }

    private double metric(String name) {
        return registry.getSampleValue(name);
    }

    private String refused() {
        LossAcceptance acceptance = acceptance();
        return String.valueOf(
                assertThrows(CopyFailedException.class, () -> acceptance.accept("i", "b"))
                        .getMessage());
    }

    @Test
    void theKeptNodeCountsAndTheOtherIsOut() throws Exception {
        b.loseDisk();
        LossAcceptance.Report report = acceptance().accept("i", "b");
        assertEquals(ShardSet.all(SHARDS), report.plan().shards());
        assertStates(ShardState.OUT, ShardState.IN_SYNC);
        assertEquals(1, metric("miroir_losses_accepted_total"));
        assertEquals(SHARDS, metric("miroir_loss_shards_total"));
        assertEquals(SHARDS, metric("miroir_loss_replicas_given_up_total"));
    }

    @Test
    void whoIsBackMeanwhileKeepsWhatItHas() {
        meanwhile = () -> answered("a", new NodeReply.Answer(200, Json.object()));
        assertEquals("each shard is in sync on a node that may answer", refused());
        assertStates(ShardState.IN_SYNC, ShardState.OUT);
    }

    /** The other pod may have written to who is back since: no replica row tells of that. */
    @Test
    void whoseLaneAnotherPodTookGivesNothingUp() {
        meanwhile =
                () -> {
                    try {
                        assertTrue(claim("q") > epoch);
                    } catch (InterruptedException stopped) {
                        throw new IllegalStateException(stopped);
                    }
                };
        assertEquals("the lane of index i changed hands meanwhile: ask again", refused());
        assertStates(ShardState.IN_SYNC, ShardState.OUT);
    }

    @Test
    void aNodeThatIsCopiedToDoesNotCountYet() {
        Copy copy = new Copy("b", "a", ShardSet.of(0));
        RoomForJobs room = RepairJob.room(store, LoggerFactory.getLogger(getClass()));
        RepairJob job = RepairJob.claim(context, index(), copy, room).orElseThrow();
        assertEquals("a copy is made to node b: wait for its end", refused());
        assertStates(ShardState.IN_SYNC, ShardState.OUT);
        job.job().complete();
        assertEquals(ShardSet.all(SHARDS), acceptance().look("i", "b").plan().shards());
    }
}
