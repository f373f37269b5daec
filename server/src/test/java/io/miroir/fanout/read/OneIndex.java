package io.miroir.fanout.read;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The index "i" of four shards in two groups of one node, a and b, as a pod sees it. */
final class OneIndex implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SHARDS = 4;

    private final SqliteTaskStore store;
    private final ClusterView view;
    private final long epoch;
    private final long incarnation;

    OneIndex(Path directory) throws IOException {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(SHARDS, 1, List.of(List.of("a"), List.of("b"))));
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
        ShardStates states = ShardStates.all(SHARDS, ShardState.IN_SYNC);
        List<ReplicaRow> replicas =
                List.of(
                        new ReplicaRow(intended.incarnation(), "a", states, 0),
                        new ReplicaRow(intended.incarnation(), "b", states, 0));
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

    /** Puts settings in force. */
    void commit(String settings, List<String> verified, List<String> unsettled) {
        affect(new SettingsCommitted(incarnation, settings, verified, unsettled));
    }

    /** Lets something happen to it; comes back when the pod sees it. */
    void affect(IndexEffect effect) {
        Reply<Affecting> reply = store.lanes().affect("i", epoch, List.of(effect));
        reply.orThrow();
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
