package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.FleetChange;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.layout.Layout;
import io.miroir.core.layout.LayoutChange;
import io.miroir.core.layout.MovePlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.read.StatsReads;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /_miroir/topology/plan}: what a change of the fleet would move. Changes nothing. */
final class TopologyPlanRoute {
    private static final long BODY_BYTES_MAX = 64 << 10;
    private static final StatsQuery BYTES = new StatsQuery(false, false);

    private final Auth auth;
    private final ClusterView view;
    private final NodeHealth health;
    private final Edge.Reads reads;

    TopologyPlanRoute(Auth auth, ClusterView view, NodeHealth health, Edge.Reads reads) {
        this.auth = auth;
        this.view = view;
        this.health = health;
        this.reads = reads;
    }

    Route route() {
        return new Route("POST", "/_miroir/topology/plan", this::plan);
    }

    private Answer plan(Request request) throws IOException, InterruptedException {
        auth.admin(request);
        LayoutChange change = LayoutChangeRequest.read(JsonBody.read(request, BODY_BYTES_MAX));
        view.catchUp();
        return Answer.json(200, tell(TopologyChanges.after(change, view.fleet())));
    }

    private ObjectNode tell(Layout then) throws InterruptedException {
        List<IndexView> indexes = List.copyOf(view.indexes());
        try (AnswerBudget.Share share = reads.answers().open()) {
            return tell(then, indexes, reads.stats().ofAll(indexes, BYTES, share));
        }
    }

    private ObjectNode tell(Layout then, List<IndexView> indexes, StatsReads.Counted counted) {
        ObjectNode body = Json.object();
        FleetChange.putLayout(body, then);
        ObjectNode plans = body.putObject("indexes");
        int moved = 0;
        int copies = 0;
        OptionalLong moving = OptionalLong.of(0);
        ArrayNode obstacles = body.putArray("obstacles");
        // Indexes of as many shards lie alike: that is computed once.
        Fleet fleet = new Fleet(view.fleet().shards(), then.replicationFactor(), then.groups());
        for (IndexView index : indexes) {
            String uid = index.row().uid();
            Topology lying = fleet.topology(index.topology().shards());
            MovePlan plan = MovePlan.of(index.topology(), lying, index, health::usable);
            OptionalLong estimate = documents(index, plan, counted);
            ObjectNode one = plans.putObject(uid);
            one.put("copies", lying.copies()).put("moved", plan.copies());
            put(one, estimate);
            put(one.putObject("gains"), plan.gains());
            put(one.putObject("frees"), plan.frees());
            plan.obstacles(uid).forEach(obstacles::add);
            moved += plan.copies();
            copies += lying.copies();
            moving = sum(moving, estimate);
        }
        body.put("copies", copies).put("moved", moved);
        put(body, moving);
        return body;
    }

    /**
     * About how many documents would be copied: shards of an index are of much the same size. Empty
     * if the nodes that could tell don't answer.
     */
    private static OptionalLong documents(
            IndexView index, MovePlan plan, StatsReads.Counted counted) {
        if (plan.copies() == 0) {
            return OptionalLong.of(0);
        }
        try {
            long all = counted.of(index).path("numberOfDocuments").asLong();
            return OptionalLong.of(all * plan.copies() / index.topology().shards());
        } catch (ApiException untold) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong sum(OptionalLong one, OptionalLong other) {
        return one.isPresent() && other.isPresent()
                ? OptionalLong.of(one.getAsLong() + other.getAsLong())
                : OptionalLong.empty();
    }

    private static void put(ObjectNode body, OptionalLong documents) {
        body.put("documents", documents.isPresent() ? documents.getAsLong() : null);
    }

    private static void put(ObjectNode nodes, Map<String, ShardSet> shards) {
        new TreeMap<>(shards)
                .forEach((node, set) -> set.stream().forEach(nodes.putArray(node)::add));
    }
}
