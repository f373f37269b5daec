package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.documents.WriteRequests;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Action;
import io.miroir.api.rules.RuleList;
import io.miroir.api.rules.RuleRequests;
import io.miroir.cluster.StoredRules;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.cluster.lease.Reports;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.TaskRoom;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /dynamic-search-rules}: kept in the task store, and applied by the pods. A change is done
 * when it is answered; its task is made after it and tells of it.
 */
final class RuleRoutes {
    private static final String RULES = "/dynamic-search-rules";
    private static final String RULE = RULES + "/{uid}";
    private static final String USE = "Using the `/dynamic-search-rules` routes";

    private final RequestPath path;
    private final SwitchedFeatures switched;
    private final StoredRules stored;
    private final Reports reports;
    private final NewTasks tasks;
    private final RuleMetrics metrics;

    RuleRoutes(
            RequestPath path,
            SwitchedFeatures switched,
            StoredRules stored,
            Reports reports,
            Tasks tasks,
            RuleMetrics metrics) {
        this.path = path;
        this.switched = switched;
        this.stored = stored;
        this.reports = reports;
        this.tasks = new NewTasks(tasks);
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", RULES, this::list),
                new Route("DELETE", RULES, this::clear),
                new Route("GET", RULE, this::show),
                new Route("PATCH", RULE, this::change),
                new Route("DELETE", RULE, this::delete));
    }

    private Answer list(Request request) throws IOException {
        path.pass(request, Action.DYNAMIC_SEARCH_RULES_GET);
        JsonNode body = path.jsonBody(request);
        RuleRequests.checkList(body);
        require("Calling the `POST /dynamic-search-rules` route");
        return Answer.json(200, stored.now().page(body));
    }

    private Answer show(Request request) {
        path.pass(request, Action.DYNAMIC_SEARCH_RULES_GET);
        String uid = uid(request);
        require("Calling the `GET /dynamic-search-rules/{:ruleUid}` route");
        return Answer.json(200, stored.now().find(uid).orElseThrow(() -> notFound(uid)));
    }

    private Answer change(Request request) throws IOException, InterruptedException {
        path.pass(request, Action.DYNAMIC_SEARCH_RULES_UPDATE);
        String metadata = WriteRequests.customMetadata(request.query());
        JsonNode body = path.jsonBody(request);
        RuleRequests.checkRule(body);
        require(USE);
        String uid = uid(request);
        ObjectNode details = Json.object();
        ObjectNode told = RuleList.told(body);
        details.set("rule", told);
        details.put("updatedRules", 1);
        int _ =
                replace(
                        rules -> {
                            RuleList next = fitting(rules, rules.changed(uid, body));
                            // The task comes after the change, which could not be told then.
                            TaskRoom.require(details);
                            return next;
                        });
        return done(TaskType.DSR_UPDATE, details, metadata);
    }

    private Answer delete(Request request) throws InterruptedException {
        path.pass(request, Action.DYNAMIC_SEARCH_RULES_DELETE);
        String metadata = WriteRequests.customMetadata(request.query());
        require(USE);
        String uid = uid(request);
        int _ = replace(rules -> rules.without(uid));
        return done(TaskType.DSR_UPDATE, Json.object().put("updatedRules", 1), metadata);
    }

    private Answer clear(Request request) throws InterruptedException {
        path.pass(request, Action.DYNAMIC_SEARCH_RULES_DELETE);
        String metadata = WriteRequests.customMetadata(request.query());
        require(USE);
        int before = replace(_ -> RuleList.EMPTY);
        return done(TaskType.DSR_CLEAR, Json.object().put("deletedDocuments", before), metadata);
    }

    private Answer done(TaskType type, ObjectNode details, @Nullable String metadata) {
        return Answer.json(202, tasks.done(type, RuleList.INDEX, details, metadata));
    }

    /** Changes the rules on all pods; gives how many there were before. */
    private int replace(UnaryOperator<RuleList> change) throws InterruptedException {
        return ComparedChange.make(
                        () -> Optional.of(stored.read(ReadLevel.LINEARIZABLE)),
                        read -> {
                            RuleList next = change.apply(read.rules());
                            return reports.told(stored.replace(read, next))
                                    ? Optional.of(read.rules().size())
                                    : Optional.empty();
                        })
                .orElseThrow();
    }

    /** One that is too large already may still become smaller. */
    private RuleList fitting(RuleList before, RuleList next) {
        if (next.isTooLarge() && next.stored().length() >= before.stored().length()) {
            metrics.refused();
            throw new ApiException(
                    ErrorCode.MIROIR_OVERLOADED,
                    "There may be %d dynamic search rules, of %d KiB together."
                            .formatted(RuleList.RULES_MAX, RuleList.BYTES_MAX >> 10));
        }
        return next;
    }

    /** What can't be the uid of a rule is not found, whatever is asked for. */
    private static String uid(Request request) {
        String uid = request.path("uid");
        if (!IndexUid.isValid(uid)) {
            throw new ApiException(ErrorCode.DYNAMIC_SEARCH_RULE_NOT_FOUND, IndexUid.why(uid));
        }
        return uid;
    }

    private static ApiException notFound(String uid) {
        return new ApiException(
                ErrorCode.DYNAMIC_SEARCH_RULE_NOT_FOUND,
                "Dynamic search rule `" + uid + "` not found.");
    }

    private void require(String doing) {
        switched.now().require(Feature.DYNAMIC_SEARCH_RULES, doing);
    }
}
