package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.FleetChange;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.NodeAddresses;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.layout.LayoutChange;
import io.miroir.core.layout.MoveProgress;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes of the nodes: begun, taken back, and how far the one is that is under way. */
final class TopologyRoutes {
    private static final long BODY_BYTES_MAX = 64 << 10;

    private final Auth auth;
    private final ClusterView view;
    private final NodeHealth health;
    private final TopologyChanges changes;

    TopologyRoutes(Auth auth, ClusterView view, NodeHealth health, TopologyChanges changes) {
        this.auth = auth;
        this.view = view;
        this.health = health;
        this.changes = changes;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/_miroir/topology/change", this::begin),
                new Route("DELETE", "/_miroir/topology/change", this::takeBack),
                new Route("POST", "/_miroir/nodes", this::add),
                new Route("DELETE", "/_miroir/nodes/{id}", this::drain),
                new Route("POST", "/_miroir/nodes/{id}/drain", this::drain),
                // Nothing waits for being told to go on.
                new Route("POST", "/_miroir/rebalance", this::status),
                new Route("GET", "/_miroir/rebalance/status", this::status));
    }

    private Answer begin(Request request) throws IOException, InterruptedException {
        auth.admin(request);
        JsonNode body = JsonBody.read(request, BODY_BYTES_MAX);
        changes.begin(LayoutChangeRequest.read(body), LayoutChangeRequest.addresses(body));
        return Answer.json(202, status());
    }

    private Answer add(Request request) throws IOException, InterruptedException {
        auth.admin(request);
        LayoutChangeRequest.Added added =
                LayoutChangeRequest.readNode(JsonBody.read(request, BODY_BYTES_MAX));
        changes.begin(added.change(), added.addresses());
        return Answer.json(202, status());
    }

    private Answer drain(Request request) throws InterruptedException {
        auth.admin(request);
        changes.begin(new LayoutChange.DrainNodes(List.of(request.path("id"))), NodeAddresses.NONE);
        return Answer.json(202, status());
    }

    private Answer takeBack(Request request) throws InterruptedException {
        auth.admin(request);
        changes.takeBack();
        return Answer.json(202, status());
    }

    private Answer status(Request request) {
        auth.admin(request);
        return Answer.json(200, status());
    }

    private ObjectNode status() {
        Fleet fleet = view.fleet();
        Optional<FleetChange> change = fleet.change();
        ObjectNode body = Json.object();
        body.put("in_progress", change.isPresent());
        body.put("change", change.map(FleetChange::name).orElse(null));
        body.put(
                "since",
                change.map(one -> Timestamps.rfc3339(StoreTime.instant(one.sinceMicros())))
                        .orElse(null));
        FleetChange.putLayout(body, change.map(FleetChange::then).orElse(fleet.layout()));
        MoveProgress sum = MoveProgress.NONE;
        for (IndexView index : view.indexes()) {
            sum = sum.plus(fleet.progress(index));
        }
        body.put("to_move", sum.toMove()).put("moved", sum.moved());
        body.put("to_free", sum.toFree()).put("freed", sum.freed());
        // Nothing is moved to or from one that does not answer, so the change may wait for it.
        ArrayNode silent = body.putArray("silent_nodes");
        fleet.topology(fleet.shards()).nodes().stream()
                .filter(node -> change.isPresent() && !health.usable(node))
                .sorted()
                .forEach(silent::add);
        return body;
    }
}
