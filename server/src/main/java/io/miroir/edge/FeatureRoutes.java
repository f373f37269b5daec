package io.miroir.edge;

import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.keys.Action;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.lease.Reports;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code /experimental-features}: switched in the task store, for all pods and all nodes. */
final class FeatureRoutes {
    private final RequestPath path;
    private final SwitchedFeatures switched;
    private final Edge.NodeSide nodes;
    private final Reports reports;

    FeatureRoutes(
            RequestPath path, SwitchedFeatures switched, Edge.NodeSide nodes, Reports reports) {
        this.path = path;
        this.switched = switched;
        this.nodes = nodes;
        this.reports = reports;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/experimental-features", this::show),
                new Route("PATCH", "/experimental-features", this::change));
    }

    private Answer show(Request request) {
        path.pass(request, Action.EXPERIMENTAL_FEATURES_GET);
        return Answer.json(200, switched.now().toJson());
    }

    private Answer change(Request request) throws IOException, InterruptedException {
        path.pass(request, Action.EXPERIMENTAL_FEATURES_UPDATE);
        Map<Feature, Boolean> wanted = Features.switches(path.jsonBody(request));
        if (!wanted.isEmpty()) {
            switched.put(wanted);
            // The answer says that it holds, so it must hold on all pods and on all nodes that
            // searches ask; the others are told when they are back.
            reports.awaitTold();
            NodeHealth health = nodes.health();
            nodes.features()
                    .bring(
                            switched,
                            health.all().keySet().stream().filter(health::usable).toList());
        }
        return Answer.json(200, switched.now().toJson());
    }
}
