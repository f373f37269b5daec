package io.miroir.embedded.routes;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.engine.IndexStats;
import io.miroir.embedded.store.Change;
import io.miroir.embedded.store.IndexRow;
import io.miroir.embedded.store.TaskRow;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Routes of the node itself: health, version, figures, features. */
public final class SystemRoutes {
    /** The version of Meilisearch whose API this node speaks. */
    private static final String SPOKEN_VERSION = "1.50.0";

    private final Desk desk;

    /** Routes that work with this desk. */
    public SystemRoutes(Desk desk) {
        this.desk = desk;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/health", this::health),
                new Route("GET", "/version", this::version),
                new Route("GET", "/stats", this::stats),
                new Route("GET", "/indexes/{uid}/stats", this::indexStats),
                new Route("GET", "/experimental-features", this::features),
                new Route("PATCH", "/experimental-features", this::switchFeatures),
                new Route("GET", "/metrics", this::metrics),
                new Route("POST", "/logs/stream", this::logs));
    }

    private Answer health(Request request) {
        return Answer.json(200, Json.object().put("status", "available"));
    }

    private Answer version(Request request) {
        desk.pass(request, Action.VERSION);
        ObjectNode version = Json.object();
        version.put("commitSha", "unknown");
        version.put("commitDate", "unknown");
        version.put("pkgVersion", SPOKEN_VERSION);
        version.put("engine", "miroir-embedded");
        return Answer.json(200, version);
    }

    private Answer stats(Request request) {
        Access access = desk.pass(request, Action.STATS_GET);
        StatsQuery asked = StatsQuery.parse(request.query());
        ObjectNode json = Json.object();
        ObjectNode indexes = Json.object();
        long bytes = 0;
        Instant last = null;
        for (IndexRow index : desk.state().indexes().values()) {
            if (access.allows(index.uid())) {
                IndexStats stats = desk.indexes().use(index, engine -> engine.stats());
                indexes.set(index.uid(), asked.show(shown(index, stats)));
                bytes += stats.diskBytes();
                last = last == null || index.updatedAt().isAfter(last) ? index.updatedAt() : last;
            }
        }
        json.put("databaseSize", bytes);
        json.put("usedDatabaseSize", bytes);
        json.put("lastUpdate", orNull(last));
        json.set("indexes", indexes);
        return Answer.json(200, asked.show(json));
    }

    private Answer indexStats(Request request) {
        desk.passIndex(request, Action.STATS_GET);
        String uid = desk.uid(request);
        StatsQuery asked = StatsQuery.parse(request.query());
        IndexRow index = desk.index(uid);
        IndexStats stats = desk.indexes().use(index, engine -> engine.stats());
        return Answer.json(200, asked.show(shown(index, stats)));
    }

    private ObjectNode shown(IndexRow index, IndexStats stats) {
        ObjectNode json = Json.object();
        json.put("numberOfDocuments", stats.documents());
        json.put("rawDocumentDbSize", stats.diskBytes());
        long average = stats.documents() == 0 ? 0 : stats.diskBytes() / stats.documents();
        json.put("avgDocumentSize", average);
        json.put("isIndexing", isIndexing(index.uid()));
        json.put("numberOfEmbeddings", stats.embeddings());
        json.put("numberOfEmbeddedDocuments", stats.embeddedDocuments());
        ObjectNode fields = json.putObject("fieldDistribution");
        stats.fieldDistribution().forEach(fields::put);
        return json;
    }

    private boolean isIndexing(String uid) {
        for (long waiting : desk.state().waiting()) {
            TaskRow task = desk.state().task(waiting);
            if (task != null
                    && task.view().status() == TaskStatus.PROCESSING
                    && task.view().subject().indexUids().contains(uid)) {
                return true;
            }
        }
        return false;
    }

    private Answer features(Request request) {
        desk.pass(request, Action.EXPERIMENTAL_FEATURES_GET);
        return Answer.json(200, desk.features().toJson());
    }

    private Answer switchFeatures(Request request) throws IOException {
        desk.pass(request, Action.EXPERIMENTAL_FEATURES_UPDATE);
        ObjectNode switched = desk.state().features().deepCopy();
        Features.switches(JsonBody.read(request))
                .forEach((feature, on) -> switched.put(feature.wireName(), on));
        desk.state().commit(List.of(new Change.PutFeatures(switched)));
        return Answer.json(200, desk.features().toJson());
    }

    private Answer metrics(Request request) {
        desk.pass(request, Action.METRICS_GET);
        desk.features().require(Feature.METRICS, "Getting metrics");
        String text =
                "# TYPE meilisearch_index_count gauge\nmeilisearch_index_count "
                        + desk.state().indexes().size()
                        + "\n# TYPE meilisearch_nb_tasks gauge\nmeilisearch_nb_tasks "
                        + desk.state().tasks().size()
                        + "\n";
        return Answer.text(200, "text/plain; version=0.0.4", text);
    }

    private Answer logs(Request request) {
        desk.pass(request, Action.METRICS_GET);
        throw Feature.LOGS_ROUTE.off("Modifying logs through the `/logs/*` routes");
    }

    private static @Nullable String orNull(@Nullable Instant time) {
        return time == null ? null : Timestamps.rfc3339(time);
    }
}
