package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.keys.Action;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskPage;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tasks}, from this pod's own copy of the task store. */
final class TaskRoutes {
    private static final String TEXT_UID = "mtask-";

    private final RequestPath path;
    private final TaskStore store;

    TaskRoutes(RequestPath path, TaskStore store) {
        this.path = path;
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/tasks", this::list),
                new Route("GET", "/tasks/{task}", this::get));
    }

    private Answer get(Request request) {
        path.pass(request, Action.TASKS_GET);
        String text = request.path("task");
        String number = text.startsWith(TEXT_UID) ? text.substring(TEXT_UID.length()) : text;
        long uid = TasksQuery.uidInPath(number, "Task");
        return store.tasks()
                .get(ReadLevel.LOCAL, uid)
                // Another pod may have given the uid out a moment ago.
                .or(() -> store.tasks().get(ReadLevel.LINEARIZABLE, uid))
                .map(row -> Answer.json(200, StoredTasks.view(row).toJson()))
                .orElseThrow(
                        () ->
                                new ApiException(
                                        ErrorCode.TASK_NOT_FOUND, "Task `" + uid + "` not found."));
    }

    private Answer list(Request request) {
        path.pass(request, Action.TASKS_GET);
        TasksQuery query = TasksQuery.list(request.query());
        TaskPage page = store.tasks().list(ReadLevel.LOCAL, StoredTasks.query(query));
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        page.tasks().forEach(row -> results.add(StoredTasks.view(row).toJson()));
        body.put("total", page.total());
        body.put("limit", query.limit());
        body.put("from", page.tasks().isEmpty() ? null : page.tasks().getFirst().uid());
        body.put("next", page.next());
        return Answer.json(200, body);
    }
}
