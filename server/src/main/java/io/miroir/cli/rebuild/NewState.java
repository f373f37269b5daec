package io.miroir.cli.rebuild;

import io.miroir.api.Json;
import io.miroir.cluster.Fleet;
import io.miroir.core.topology.Topology;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes surveyed indexes into an empty task store: each is a task that created it, done. */
final class NewState {
    /** Whoever rebuilds runs the lanes; any pod that comes takes them over. */
    private static final String OWNER = "rebuild";

    private static final String NO_BODY = "0".repeat(64);

    private final TaskStore store;
    private final Fleet fleet;

    NewState(TaskStore store, Fleet fleet) {
        this.store = store;
        this.fleet = fleet;
    }

    void add(Survey.Index index) {
        if (!(store.lanes().claim(index.name(), OWNER).orThrow()
                instanceof Lanes.Claim.Claimed(long epoch))) {
            throw new IllegalStateException("too many indexes: " + index.name());
        }
        Intend intend =
                new Intend(
                        index.name(),
                        epoch,
                        "rebuild",
                        index.name(),
                        NO_BODY,
                        null,
                        0,
                        null,
                        // Its name stands for nothing yet; its number is the nodes'.
                        Intend.ALLOT,
                        List.of(),
                        List.of());
        if (!(store.lanes().intend(intend).orThrow()
                instanceof Lanes.Intention.Intended intended)) {
            throw new IllegalStateException("lane of " + index.name());
        }
        String settings = Json.text(index.settings());
        Bind bind =
                new Bind(
                        index.name(),
                        epoch,
                        intended.position(),
                        TaskType.INDEX_CREATION,
                        Json.text(Json.object().put("primaryKey", index.primaryKey())),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        TaskStatus.SUCCEEDED,
                        null,
                        List.of(
                                new IndexEffect.Created(
                                        index.name(),
                                        index.incarnation(),
                                        index.primaryKey(),
                                        index.shards(),
                                        settings,
                                        replicas(index)),
                                new IndexEffect.SettingsCommitted(
                                        index.incarnation(), settings, List.of(), List.of())),
                        null);
        Lanes.Binding _ = store.lanes().bind(bind).orThrow();
    }

    private List<ReplicaRow> replicas(Survey.Index index) {
        Topology topology = fleet.topology(index.shards());
        List<ReplicaRow> rows = new ArrayList<>();
        for (String node : topology.nodes()) {
            ShardStates states = ShardStates.all(index.shards(), ShardState.NOT_HELD);
            for (var shard = topology.shardsOf(node).iterator(); shard.hasNext(); ) {
                states = states.with(shard.nextInt(), ShardState.UNVERIFIED);
            }
            rows.add(new ReplicaRow(index.incarnation(), node, states, 0));
        }
        return rows;
    }
}
