package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.tasks.BatchView;
import io.miroir.api.tasks.TaskFilter;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.cluster.lease.Reports;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.Cancelation;
import io.miroir.fanout.lane.Canceler;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskPage;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tasks}, from this pod's own copy of the task store as far as it has what is named. */
final class TaskRoutes {
    private static final String TEXT_UID = "mtask-";
    private static final Duration DELETION_PATIENCE = Duration.ofSeconds(2);

    private final RequestPath path;
    private final TaskStore store;
    private final NamedTasks known;
    private final NewTasks fresh;
    private final Canceler canceler;
    private final Reports reports;
    private final SwitchedFeatures switched;

    TaskRoutes(
            RequestPath path,
            TaskStore store,
            NamedTasks known,
            Canceler canceler,
            Reports reports,
            SwitchedFeatures switched) {
        this.path = path;
        this.canceler = canceler;
        this.store = store;
        this.known = known;
        this.fresh = new NewTasks(store.tasks());
        this.reports = reports;
        this.switched = switched;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/tasks", this::list),
                new Route("DELETE", "/tasks", this::delete),
                new Route("POST", "/tasks/cancel", this::cancel),
                new Route("POST", "/tasks/compact", this::compact),
                new Route("GET", "/tasks/{task}", this::get),
                new Route("GET", "/tasks/{task}/documents", this::documents),
                new Route("GET", "/batches", this::listBatches),
                new Route("GET", "/batches/{batch}", this::getBatch));
    }

    private TaskRow named(Request request, Access access) {
        String text = request.path("task");
        String number = text.startsWith(TEXT_UID) ? text.substring(TEXT_UID.length()) : text;
        long uid = TasksQuery.uidInPath(number, "Task");
        return known.task(uid)
                .filter(task -> StoredTasks.visible(access, task))
                .orElseThrow(
                        () ->
                                new ApiException(
                                        ErrorCode.TASK_NOT_FOUND, "Task `" + uid + "` not found."));
    }

    // The documents of a task are with the nodes by the time that it has a uid, and Meilisearch
    // forgets them once they are worked on: here that is always so.
    private Answer documents(Request request) {
        Access access = path.pass(request, Action.TASKS_GET);
        switched.now()
                .require(
                        Feature.GET_TASK_DOCUMENTS_ROUTE,
                        "Getting the documents of an enqueued task");
        long uid = named(request, access).uid();
        throw new ApiException(
                ErrorCode.TASK_FILE_NOT_FOUND,
                "Task `"
                        + uid
                        + "` does not contain any documents. Only `documentAdditionOrUpdate` tasks"
                        + " with the statuses `enqueued` or `processing` contain documents");
    }

    private Answer compact(Request request) {
        path.pass(request, Action.TASKS_COMPACT);
        switched.now()
                .require(Feature.TASK_QUEUE_COMPACTION_ROUTE, "Using the /tasks/compact route");
        throw ExperimentalRoutes.lacking(
                "The task queue of a Miroir cluster needs no compaction: what has expired is"
                        + " removed as it goes, and its room is used again.");
    }

    private Answer get(Request request) throws InterruptedException {
        TaskRow row = named(request, path.pass(request, Action.TASKS_GET));
        if (row.status().terminal()) {
            // No read of any pod may contradict it (protocol, rule 9).
            reports.awaitTold();
        }
        return Answer.json(200, StoredTasks.view(row).toJson());
    }

    private Answer list(Request request) throws InterruptedException {
        Access access = path.pass(request, Action.TASKS_GET);
        TasksQuery query = TasksQuery.list(request.query());
        TaskPage page = page(query, access, false);
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        page.tasks().forEach(row -> results.add(StoredTasks.view(row).toJson()));
        body.put("total", total(query, access, page));
        body.put("limit", query.limit());
        body.put("from", page.tasks().isEmpty() ? null : page.tasks().getFirst().uid());
        body.put("next", page.next());
        return Answer.json(200, body);
    }

    // Which tasks have ended is told by their number already, so the list waits whatever is in it.
    private TaskPage page(TasksQuery query, Access access, boolean batches)
            throws InterruptedException {
        known.know(query.filter().numbers(), batches);
        TaskPage page = store.tasks().list(ReadLevel.LOCAL, StoredTasks.query(query, access));
        reports.awaitTold();
        List<TaskRow> visible =
                page.tasks().stream().filter(task -> StoredTasks.visible(access, task)).toList();
        return new TaskPage(visible, page.next(), page.total());
    }

    // As with Meilisearch, a key that sees some indexes is told how many tasks match on all.
    private long total(TasksQuery query, Access access, TaskPage page) {
        return access.allowsAll() ? page.total() : matching(query.filter());
    }

    private long matching(TaskFilter filter) {
        TasksQuery count = new TasksQuery(filter, 0, null, false);
        return store.tasks().uids(ReadLevel.LOCAL, StoredTasks.query(count)).total();
    }

    // Each task is a batch of its own: lanes send one request a task.
    private Answer listBatches(Request request) throws InterruptedException {
        Access access = path.pass(request, Action.TASKS_GET);
        TasksQuery query = TasksQuery.list(request.query());
        TaskPage page = page(query, access, true);
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        for (TaskRow row : page.tasks()) {
            if (row.batchUid() != null) {
                results.add(batch(row));
            }
        }
        body.put("total", total(query, access, page));
        body.put("limit", query.limit());
        body.put("from", page.tasks().isEmpty() ? null : page.tasks().getFirst().uid());
        body.put("next", page.next());
        return Answer.json(200, body);
    }

    private Answer getBatch(Request request) throws InterruptedException {
        Access access = path.pass(request, Action.TASKS_GET);
        long uid = TasksQuery.uidInPath(request.path("batch"), "Batch");
        TaskRow row =
                known.batch(uid)
                        .filter(task -> StoredTasks.visible(access, task))
                        .orElseThrow(
                                () ->
                                        new ApiException(
                                                ErrorCode.BATCH_NOT_FOUND,
                                                "Batch `" + uid + "` not found."));
        reports.awaitTold();
        return Answer.json(200, batch(row));
    }

    private static ObjectNode batch(TaskRow row) {
        return new BatchView(row.uid(), List.of(StoredTasks.view(row))).toJson();
    }

    private Answer cancel(Request request) {
        Access access = path.pass(request, Action.TASKS_CANCEL);
        TaskFilter filter = TasksQuery.selection(request.query(), "cancel");
        Tasks tasks = store.tasks();
        TaskQuery asked = StoredTasks.query(new TasksQuery(filter, 0, null, false), access);
        ObjectNode details = Json.object();
        details.put("matchedTasks", tasks.uids(ReadLevel.LINEARIZABLE, asked).total());
        details.put("canceledTasks", 0);
        details.put("originalFilter", "?" + request.rawQuery());
        List<Long> cancelable =
                Stream.of(TaskStatus.PROCESSING, TaskStatus.ENQUEUED)
                        .map(status -> asked.oldest(status, Cancelation.TASKS_MAX))
                        .flatMap(open -> tasks.list(ReadLevel.LOCAL, open).tasks().stream())
                        .filter(Canceler::isCancelable)
                        .map(TaskRow::uid)
                        .limit(Cancelation.TASKS_MAX)
                        .toList();
        if (cancelable.isEmpty()) {
            return Answer.json(200, fresh.done(TaskType.TASK_CANCELATION, details));
        }
        details.putNull("canceledTasks");
        ObjectNode told =
                fresh.queued(TaskType.TASK_CANCELATION, Cancelation.details(details, cancelable));
        // The leader carries it out; a node may begin with one of them before it comes to that.
        canceler.begin(cancelable, told.path("taskUid").asLong());
        return Answer.json(200, told);
    }

    private Answer delete(Request request) throws InterruptedException {
        Access access = path.pass(request, Action.TASKS_DELETE);
        TaskFilter filter = TasksQuery.selection(request.query(), "delete");
        TaskDeletion.Counts counts =
                new TaskDeletion(store.tasks(), Tasks.DELETE_MAX, DELETION_PATIENCE)
                        .delete(filter, access);
        ObjectNode details = Json.object();
        details.put("matchedTasks", counts.matched());
        details.put("deletedTasks", counts.deleted());
        details.put("originalFilter", "?" + request.rawQuery());
        return Answer.json(200, fresh.done(TaskType.TASK_DELETION, details));
    }
}
