package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.capability.partitioned.repair.RepairReport;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.Readiness;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.identity.KnownLives;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Topology;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /_miroir}: what operators see. */
final class AdminRoutes {
    private final Auth auth;
    private final TaskStore store;
    private final ClusterView view;
    private final NodeHealth health;
    private final Readiness readiness;
    private final Exposition metrics;
    private final InstantSource clock;

    AdminRoutes(
            Auth auth,
            TaskStore store,
            ClusterView view,
            NodeHealth health,
            Readiness readiness,
            Exposition metrics,
            InstantSource clock) {
        this.auth = auth;
        this.store = store;
        this.view = view;
        this.health = health;
        this.readiness = readiness;
        this.metrics = metrics;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/_miroir/topology", this::topology),
                new Route("GET", "/_miroir/shards", this::shards),
                new Route("GET", "/_miroir/metrics", this::metrics));
    }

    private Answer topology(Request request) {
        auth.admin(request);
        Fleet fleet = view.fleet();
        ObjectNode body = Json.object();
        body.put("shards", fleet.shards());
        body.put("replication_factor", fleet.replicationFactor());
        body.put("replica_groups", fleet.groups().size());
        ArrayNode nodes = body.putArray("nodes");
        int degraded = 0;
        Map<String, NodeHealth.Entry> entries = health.all();
        for (String id : new TreeSet<>(fleet.nodes())) {
            NodeHealth.Entry entry = entries.getOrDefault(id, NodeHealth.Entry.UNKNOWN);
            describe(nodes.addObject(), id, entry, fleet);
            if (health.status(id) != HealthState.Status.HEALTHY) {
                degraded++;
            }
        }
        body.put("degraded_node_count", degraded);
        body.put("rebalance_in_progress", fleet.change().isPresent());
        body.put("fully_covered", readiness.uncovered() == 0);
        body.set("store", store());
        return Answer.json(200, body);
    }

    private void describe(ObjectNode one, String id, NodeHealth.Entry entry, Fleet fleet) {
        Topology topology = fleet.topology(fleet.shards());
        URI address = fleet.address(id);
        one.put("id", id);
        one.put("address", address == null ? null : address.toString());
        int group = topology.groupOf(id);
        one.put("replica_group", group < 0 ? null : group);
        one.put("status", entry.state().status().name().toLowerCase(Locale.ROOT));
        one.put("shard_count", topology.shardsOf(id).size());
        one.put("out_of_sync", outOfSync(id));
        one.put(
                "last_seen_ms",
                entry.lastSeenMillis() == 0 ? null : clock.millis() - entry.lastSeenMillis());
        one.put("version", entry.version());
        KnownLives.Life life = view.lives().of(id);
        one.put("life", life == null ? null : life.life());
        if (entry.error() != null) {
            one.put("error", entry.error());
        }
    }

    /** Replicas of the node, over all indexes, that are to be brought back. */
    private int outOfSync(String id) {
        int count = 0;
        for (IndexView index : view.indexes()) {
            for (int shard = 0; shard < index.topology().shards(); shard++) {
                ReplicaState state = index.state(id, shard);
                if (CopyPlan.isLacking(state)) {
                    count++;
                }
            }
        }
        return count;
    }

    private ObjectNode store() {
        StoreStatus status = store.status();
        ObjectNode body = Json.object();
        StoreFields.put(body, status);
        ArrayNode voters = body.putArray("voters");
        status.voters().forEach(voters::add);
        return body;
    }

    private Answer shards(Request request) {
        auth.admin(request);
        ObjectNode body = Json.object();
        ObjectNode indexes = body.putObject("indexes");
        for (IndexView index : view.indexes()) {
            ObjectNode one = indexes.putObject(index.row().uid());
            one.put("physical_uid", index.row().physicalUid());
            ArrayNode shards = one.putArray("shards");
            for (int shard = 0; shard < index.topology().shards(); shard++) {
                ObjectNode nodes = shards.addObject().put("shard", shard).putObject("nodes");
                for (String node : index.topology().writeTargets(shard)) {
                    nodes.put(node, index.state(node, shard).name().toLowerCase(Locale.ROOT));
                }
            }
        }
        body.set("repairs", RepairReport.of(store.jobs()));
        return Answer.json(200, body);
    }

    private Answer metrics(Request request) {
        auth.admin(request);
        return metrics.answer();
    }
}
