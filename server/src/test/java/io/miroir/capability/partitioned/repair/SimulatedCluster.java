package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/** What there is: nodes in memory, an index on all of them, and a real store that knows of both. */
final class SimulatedCluster implements AutoCloseable {
    static final List<String> NODES = List.of("a", "b", "c", "d");
    static final int SHARDS = 3;
    static final NodeReply SILENCE = new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
    static final NodeRequest PROBE = NodeRequest.get("health", "/health", Duration.ofSeconds(1));

    private static final String NO_BODY = "0".repeat(64);

    /** The store's time goes by it, so that claims of lost pods run out. */
    final AtomicLong nanos = new AtomicLong();

    final SqliteTaskStore store;
    final ClusterView view;
    final NodeHealth health;
    final SimulatedMoves moves;

    /** What the writes make of the documents. */
    final Map<String, ObjectNode> truth = new TreeMap<>();

    final Map<String, SimulatedNode> simulated = new TreeMap<>();
    Random random = new Random(0);
    String lane = "";
    long epoch;
    long incarnation;

    /** Nothing goes wrong. */
    boolean quiet;

    /** No write begins. */
    boolean held;

    SimulatedCluster(Path directory, CollectorRegistry registry) {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        nanos::get,
                        registry,
                        _ -> {});
        view = new ClusterView(store, new Fleet(SHARDS, 1, SimulatedMoves.FEWER.groups()));
        view.start();
        store.topology().replace("{\"groups\": [[\"a\"], [\"b\"], [\"c\"]]}", 0).orThrow();
        moves = new SimulatedMoves(store, view, registry);
        health =
                new NodeHealth(
                        NODES, new HealthState.Thresholds(2, 1), InstantSource.system(), _ -> {});
        NODES.forEach(this::isHealthy);
    }

    /** One of the nodes. */
    String anyNode() {
        return NODES.get(random.nextInt(NODES.size()));
    }

    /** Whether another node has a shard in sync. */
    boolean anotherHas(String id, int shard) {
        return NODES.stream().anyMatch(other -> !other.equals(id) && isInSync(other, shard));
    }

    /** A node answers. */
    private void isHealthy(String id) {
        health.replied(id, PROBE, new NodeReply.Answer(200, Json.object()), 1);
    }

    /** Empty nodes, and an index that nobody has written to. */
    void begin(long seed) throws InterruptedException {
        random = new Random(seed);
        NODES.forEach(id -> simulated.put(id, new SimulatedNode()));
        truth.clear();
        moves.begin();
        lane = "i" + seed;
        quiet = false;
        create();
    }

    private void create() throws InterruptedException {
        claim();
        Intend intend =
                new Intend(
                        lane,
                        epoch,
                        "index_create",
                        lane,
                        NO_BODY,
                        null,
                        0,
                        null,
                        Intend.ALLOT,
                        NODES,
                        List.of());
        Lanes.Intention.Intended intended =
                (Lanes.Intention.Intended) seen(store.lanes().intend(intend));
        incarnation = intended.incarnation();
        List<ReplicaRow> rows = new ArrayList<>();
        for (String id : view.fleet().topology(SHARDS).nodes()) {
            ShardStates states = ShardStates.all(SHARDS, ShardState.NOT_HELD);
            for (int shard : view.fleet().topology(SHARDS).shardsOf(id).stream().toArray()) {
                states = states.with(shard, ShardState.IN_SYNC);
            }
            rows.add(new ReplicaRow(incarnation, id, states, 0));
        }
        List<IndexEffect> effects =
                List.of(
                        new IndexEffect.Created(lane, incarnation, "id", SHARDS, "{}", rows),
                        new IndexEffect.SettingsCommitted(incarnation, "{}", NODES, List.of()));
        seen(
                store.lanes()
                        .bind(
                                new Bind(
                                        lane,
                                        epoch,
                                        intended.position(),
                                        TaskType.INDEX_CREATION,
                                        "{}",
                                        Map.of(),
                                        Map.of(),
                                        Map.of(),
                                        Map.of(),
                                        TaskStatus.SUCCEEDED,
                                        null,
                                        effects,
                                        null)));
    }

    /** Its nodes come to an end with the run. */
    void drop() throws InterruptedException {
        seen(store.lanes().affect(lane, epoch, List.of(new IndexEffect.Deleted(incarnation))));
    }

    /** The index has another name from now on, and that another lane. */
    void rename(String to) throws InterruptedException {
        seen(store.lanes().affect(lane, epoch, List.of(new IndexEffect.Renamed(incarnation, to))));
        lane = to;
        claim();
    }

    /** The index and another one, which is new, exchange their names, and so their lanes. */
    void swap(String with) throws InterruptedException {
        String before = lane;
        long epochBefore = epoch;
        long one = incarnation;
        lane = with;
        create();
        List<IndexEffect> swapped = List.of(new IndexEffect.Swapped(one, incarnation));
        incarnation = one;
        seen(store.lanes().affect(before, epochBefore, swapped));
    }

    void claim() throws InterruptedException {
        epoch = ((Lanes.Claim.Claimed) seen(store.lanes().claim(lane, "p"))).epoch();
    }

    <T> T seen(Reply<T> reply) throws InterruptedException {
        T outcome = reply.orThrow();
        if (reply instanceof Reply.Applied<T> applied) {
            view.await(applied.index(), Duration.ofSeconds(60));
        }
        return outcome;
    }

    IndexView index() {
        return view.index(lane).orElseThrow();
    }

    SimulatedNode node(String id) {
        return Objects.requireNonNull(simulated.get(id));
    }

    boolean chance(double of) {
        return random.nextDouble() < of;
    }

    void work(String id, int tasks) {
        for (int i = 0; i < tasks && node(id).work(); i++) {}
    }

    void putOut(String id) throws InterruptedException {
        putOut(id, ShardSet.all(SHARDS));
    }

    void putOut(String id, ShardSet shards) throws InterruptedException {
        Optional<ReplicaRow> row = store.replicas().get(ReadLevel.LOCAL, incarnation, id);
        if (row.isPresent()) {
            ShardStates out = row.get().states();
            for (int shard : shards.stream().toArray()) {
                out = out.get(shard).isKept() ? out.with(shard, ShardState.OUT) : out;
            }
            seen(store.replicas().mark(new ReplicaRow(incarnation, id, out, row.get().version())));
        }
    }

    Set<String> inSync() {
        Set<String> replicas = new TreeSet<>();
        for (String node : NODES) {
            for (int shard = 0; shard < SHARDS; shard++) {
                if (index().state(node, shard) == ReplicaState.IN_SYNC) {
                    replicas.add(node + '/' + shard);
                }
            }
        }
        return replicas;
    }

    boolean isInSync(String id, int shard) {
        return index().state(id, shard) == ReplicaState.IN_SYNC;
    }

    boolean isKept(String id, int shard) {
        ReplicaState state = index().state(id, shard);
        return state == ReplicaState.IN_SYNC || CopyPlan.isLacking(state);
    }

    @Override
    public void close() {
        view.close();
        store.close();
    }
}
