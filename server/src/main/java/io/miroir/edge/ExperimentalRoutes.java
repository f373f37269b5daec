package io.miroir.edge;

import static io.miroir.api.strict.Shape.notNull;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Action;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Routes of experimental features. While a feature is off they answer as Meilisearch does. Of those
 * that have no meaning for a cluster they tell that there is nothing, and refuse with a reason what
 * would change that.
 */
final class ExperimentalRoutes {
    private static final String LOGS = "Modifying logs through the `/logs/*` routes";

    private static final Shape LOG_STREAM =
            Shape.of(
                    notNull("target", ErrorCode.BAD_REQUEST, ExperimentalRoutes::checkTarget),
                    notNull(
                            "mode",
                            ErrorCode.BAD_REQUEST,
                            Check.oneOf(List.of("human", "json", "profile"))),
                    notNull("profileMemory", ErrorCode.BAD_REQUEST, Check.BOOLEAN));

    private static final Shape LOG_TARGET =
            Shape.of(notNull("target", ErrorCode.BAD_REQUEST, ExperimentalRoutes::checkTarget));

    private final RequestPath path;
    private final SwitchedFeatures switched;
    private final Exposition metrics;

    /** Routes that look up features there; {@code metrics} are those of Meilisearch. */
    ExperimentalRoutes(RequestPath path, SwitchedFeatures switched, Exposition metrics) {
        this.path = path;
        this.switched = switched;
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/metrics", this::metrics),
                new Route("POST", "/logs/stream", this::streamLogs),
                new Route("DELETE", "/logs/stream", this::endLogs),
                new Route("POST", "/logs/stderr", this::changeLogs));
    }

    private Answer metrics(Request request) {
        path.pass(request, Action.METRICS_GET);
        require(Feature.METRICS, "Getting metrics");
        return metrics.answer();
    }

    // ---- logs

    private Answer streamLogs(Request request) throws IOException {
        path.pass(request, Action.METRICS_GET);
        JsonNode body = path.jsonBody(request);
        LOG_STREAM.check(StrictValue.body(body));
        boolean profile = body.path("mode").asString("").equals("profile");
        if (body.path("profileMemory").asBoolean(false) && !profile) {
            throw new ApiException(
                    ErrorCode.INVALID_SETTINGS_TYPO_TOLERANCE,
                    "Invalid value: `profile_memory` can only be used while profiling code and is"
                            + " not compatible with the "
                            + (body.path("mode").asString("").equals("json") ? "Json" : "Human")
                            + " mode.");
        }
        require(Feature.LOGS_ROUTE, LOGS);
        throw logsElsewhere();
    }

    private Answer endLogs(Request request) {
        path.pass(request, Action.METRICS_GET);
        require(Feature.LOGS_ROUTE, LOGS);
        return Answer.empty(204);
    }

    private Answer changeLogs(Request request) throws IOException {
        path.pass(request, Action.METRICS_GET);
        LOG_TARGET.check(StrictValue.body(path.jsonBody(request)));
        require(Feature.LOGS_ROUTE, LOGS);
        throw logsElsewhere();
    }

    private static void checkTarget(StrictValue target) {
        String text = target.string();
        if (Arrays.stream(text.split(",", -1)).anyMatch(part -> part.split("=", -1).length > 2)) {
            throw target.invalid(
                    "invalid filter directive: too many '=' in filter directive, expected 0 or 1");
        }
        if (text.isEmpty()) {
            throw target.invalid(
                    "Empty string is not a valid target. If you want to get no logs use `OFF`."
                            + " Usage: `info`, `meilisearch=info`, or you can write multiple"
                            + " filters in one target: `index_scheduler=info,milli=trace`");
        }
    }

    private static ApiException logsElsewhere() {
        return lacking(
                "One pod of several would tell a part only: read what the pods and the nodes write"
                        + " to their standard output, and set its level in their configuration.");
    }

    private void require(Feature feature, String doing) {
        switched.now().require(feature, doing);
    }

    /** A page of nothing. */
    static ObjectNode noPage(long offset, long limit) {
        ObjectNode page = Json.object();
        page.putArray("results");
        return page.put("offset", offset).put("limit", limit).put("total", 0);
    }

    /**
     * The error for what a cluster can't have though its feature is on: that of one which is off,
     * for clients know it, with the reason.
     */
    static ApiException lacking(String why) {
        return new ApiException(ErrorCode.FEATURE_NOT_ENABLED, why);
    }
}
