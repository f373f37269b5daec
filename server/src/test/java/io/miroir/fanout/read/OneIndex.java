package io.miroir.fanout.read;

import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.rules.RuleList;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.StoredRules;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.lane.BoundWrites;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexEffect.SettingsCommitted;
import io.miroir.store.lane.Bind;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The index "i" of four shards on two nodes, a and b, as a pod sees it. */
final class OneIndex implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    static final int SHARDS = 4;

    private final SqliteTaskStore store;
    private final ClusterView view;
    private final Topology topology;
    private final long epoch;
    private final long incarnation;

    /** Each node is a group, and has all shards. */
    OneIndex(Path directory) throws IOException {
        this(directory, List.of(List.of("a"), List.of("b")));
    }

    OneIndex(Path directory, List<List<String>> groups) throws IOException {
        topology = new Topology(SHARDS, 1, groups);
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(SHARDS, 1, groups));
        view.start();
        epoch = ((Claim.Claimed) store.lanes().claim("i", "p").orThrow()).epoch();
        incarnation = create();
    }

    ClusterView view() {
        return view;
    }

    long incarnation() {
        return incarnation;
    }

    private long create() {
        Intention.Intended intended =
                BoundWrites.intend(store, "i", epoch, "index_create", List.of());
        List<ReplicaRow> replicas =
                topology.nodes().stream()
                        .map(node -> new ReplicaRow(intended.incarnation(), node, held(node), 0))
                        .toList();
        Bind bind =
                new Bind(
                        "i",
                        epoch,
                        intended.position(),
                        TaskType.INDEX_CREATION,
                        "{}",
                        Map.of("a", 1L, "b", 1L),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        List.of(
                                new IndexEffect.Created(
                                        "i", intended.incarnation(), "id", SHARDS, "{}", replicas)),
                        null);
        store.lanes().bind(bind).orThrow();
        return intended.incarnation();
    }

    private ShardStates held(String node) {
        ShardStates held = ShardStates.all(SHARDS, ShardState.NOT_HELD);
        for (int shard : topology.shardsOf(node).stream().toArray()) {
            held = held.with(shard, ShardState.IN_SYNC);
        }
        return held;
    }

    /** A rule of clients holds from now on. */
    void rule(String change) {
        new SwitchedFeatures(store).put(Map.of(Feature.DYNAMIC_SEARCH_RULES, true));
        StoredRules rules = new StoredRules(store);
        StoredRules.Read read = rules.read(ReadLevel.LOCAL);
        RuleList next = read.rules().changed("r", Json.parse(change));
        await(rules.replace(read, next));
    }

    /** Puts settings in force. */
    void commit(String settings, List<String> verified, List<String> unsettled) {
        affect(new SettingsCommitted(incarnation, settings, verified, unsettled));
    }

    /** Lets something happen to it; comes back when the pod sees it. */
    void affect(IndexEffect effect) {
        Reply<Affecting> reply = store.lanes().affect("i", epoch, List.of(effect));
        reply.orThrow();
        await(reply);
    }

    private void await(Reply<?> reply) {
        try {
            view.await(((Reply.Applied<?>) reply).index(), PATIENCE);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    @Override
    public void close() {
        view.close();
        store.close();
    }
}
