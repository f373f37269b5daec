package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.Readiness;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.StatsReads;
import io.miroir.fanout.read.Terms;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code /health}, {@code /_miroir/ready}, {@code /version}, {@code /stats}. */
final class SystemRoutes {
    private final RequestPath path;
    private final ClusterView view;
    private final Readiness readiness;
    private final DocumentReads documents;
    private final StatsReads counts;

    SystemRoutes(RequestPath path, ClusterView view, Readiness readiness, Edge.Reads reads) {
        this.path = path;
        this.view = view;
        this.readiness = readiness;
        this.documents = reads.documents();
        this.counts = reads.stats();
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/", _ -> running()),
                new Route("GET", "/health", _ -> health()),
                new Route("GET", "/_miroir/ready", _ -> ready()),
                new Route("GET", "/version", this::version),
                new Route("GET", "/stats", this::stats));
    }

    // What Meilisearch says where it shows no page of its own.
    private static Answer running() {
        return Answer.json(200, Json.object().put("status", "Meilisearch is running"));
    }

    // Whether the process lives, no more: what it can do is told by /_miroir/ready.
    private static Answer health() {
        ObjectNode body = Json.object();
        body.put("status", "available");
        return Answer.json(200, body);
    }

    // Open: whoever routes to pods must be able to ask, and it tells nothing of the data.
    private Answer ready() {
        Readiness.State state = readiness.state();
        ObjectNode body = Json.object();
        body.put("ready", state.ready());
        body.put("live", true);
        body.put("caught_up", state.caughtUp());
        body.put("fully_covered", state.covered());
        body.put("draining", state.draining());
        body.put("lag", state.lag());
        return Answer.json(state.ready() ? 200 : 503, body);
    }

    private Answer version(Request request) {
        path.pass(request, Action.VERSION);
        return Answer.json(200, documents.version());
    }

    private Answer stats(Request request) throws Exception {
        Access access = path.pass(request, Action.STATS_GET);
        StatsQuery asked = StatsQuery.parse(request.query());
        return path.reading(request, terms -> stats(access, asked, terms));
    }

    private Answer stats(Access access, StatsQuery asked, Terms terms) {
        ObjectNode body = Json.object();
        long bytes = 0;
        long lastUpdate = 0;
        ObjectNode indexes = Json.object();
        List<IndexView> seen =
                view.indexes().stream()
                        .map(index -> index.without(terms.writes().behind(index.row().uid())))
                        .toList();
        StatsReads.Counted counted = counts.ofAll(seen, asked, terms.share());
        for (IndexView index : seen) {
            ObjectNode stats = counted.of(index);
            // The size is that of all, whatever a key may see of it.
            bytes += stats.path("rawDocumentDbSize").asLong(0);
            if (access.allows(index.row().uid())) {
                lastUpdate = Math.max(lastUpdate, index.row().updatedAt());
                indexes.set(index.row().uid(), asked.show(stats));
            }
        }
        body.put("databaseSize", bytes);
        body.put("usedDatabaseSize", bytes);
        body.put(
                "lastUpdate",
                lastUpdate == 0 ? null : Timestamps.rfc3339(StoreTime.instant(lastUpdate)));
        body.set("indexes", indexes);
        return Answer.json(200, asked.show(body));
    }
}
