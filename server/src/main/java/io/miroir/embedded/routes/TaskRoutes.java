package io.miroir.embedded.routes;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.tasks.BatchView;
import io.miroir.api.tasks.TaskFilter;
import io.miroir.api.tasks.TaskType;
import io.miroir.api.tasks.TaskView;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.store.TaskRow;
import io.miroir.embedded.store.Work;
import io.miroir.embedded.tasks.Details;
import io.miroir.embedded.tasks.TaskQueue.Draft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Routes of tasks and batches: list, get, cancel, delete. */
public final class TaskRoutes {
    private final Desk desk;

    /** Routes that work with this desk. */
    public TaskRoutes(Desk desk) {
        this.desk = desk;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/tasks", this::list),
                new Route("DELETE", "/tasks", this::delete),
                new Route("POST", "/tasks/cancel", this::cancel),
                new Route("GET", "/tasks/{task}", this::get),
                new Route("GET", "/batches", this::listBatches),
                new Route("GET", "/batches/{batch}", this::getBatch));
    }

    private Answer list(Request request) {
        Access access = desk.pass(request, Action.TASKS_GET);
        TasksQuery query = TasksQuery.list(request.query());
        List<TaskView> selected = new ArrayList<>(select(access, query.filter()));
        return Answer.json(200, page(query, selected, t -> t.ids().uid(), TaskView::toJson));
    }

    private Answer get(Request request) {
        Access access = desk.pass(request, Action.TASKS_GET);
        long uid = TasksQuery.uidInPath(request.path("task"), "Task");
        TaskRow task = desk.state().task(uid);
        if (task == null || !mayShow(access, task.view())) {
            throw new ApiException(ErrorCode.TASK_NOT_FOUND, "Task `" + uid + "` not found.");
        }
        return Answer.json(200, task.view().toJson());
    }

    private Answer listBatches(Request request) {
        Access access = desk.pass(request, Action.TASKS_GET);
        TasksQuery query = TasksQuery.list(request.query());
        NavigableMap<Long, List<TaskView>> batches = new TreeMap<>();
        for (TaskView task : select(access, query.filter())) {
            Long batch = task.ids().batchUid();
            if (batch != null) {
                batches.computeIfAbsent(batch, _ -> new ArrayList<>()).add(task);
            }
        }
        List<BatchView> views = new ArrayList<>();
        batches.keySet().forEach(uid -> views.add(batch(access, uid)));
        return Answer.json(200, page(query, views, BatchView::uid, BatchView::toJson));
    }

    private Answer getBatch(Request request) {
        Access access = desk.pass(request, Action.TASKS_GET);
        long uid = TasksQuery.uidInPath(request.path("batch"), "Batch");
        BatchView batch = batch(access, uid);
        if (batch.tasks().isEmpty()) {
            throw new ApiException(ErrorCode.BATCH_NOT_FOUND, "Batch `" + uid + "` not found.");
        }
        return Answer.json(200, batch.toJson());
    }

    private Answer cancel(Request request) {
        Access access = desk.pass(request, Action.TASKS_CANCEL);
        List<Long> uids = selection(request, access, "cancel");
        return accepted(
                new Draft(
                        TaskType.TASK_CANCELATION,
                        List.of(),
                        null,
                        Details.cancelation(uids.size(), null, "?" + request.rawQuery()),
                        new Work.CancelTasks(uids)));
    }

    private Answer delete(Request request) {
        Access access = desk.pass(request, Action.TASKS_DELETE);
        List<Long> uids = selection(request, access, "delete");
        return accepted(
                new Draft(
                        TaskType.TASK_DELETION,
                        List.of(),
                        null,
                        Details.taskDeletion(uids.size(), null, "?" + request.rawQuery()),
                        new Work.DeleteTasks(uids)));
    }

    private List<Long> selection(Request request, Access access, String purpose) {
        TaskFilter filter = TasksQuery.selection(request.query(), purpose);
        return select(access, filter).stream().map(task -> task.ids().uid()).toList();
    }

    /** These two kinds of tasks are answered with 200. */
    private Answer accepted(Draft draft) {
        return Answer.json(200, desk.queue().enqueue(draft).toSummaryJson());
    }

    private List<TaskView> select(Access access, TaskFilter filter) {
        return desk.state().tasks().values().stream()
                .map(TaskRow::view)
                .filter(task -> mayShow(access, task) && filter.selects(task))
                .toList();
    }

    private BatchView batch(Access access, long uid) {
        List<TaskView> tasks =
                desk.state().tasks().values().stream()
                        .map(TaskRow::view)
                        .filter(task -> Long.valueOf(uid).equals(task.ids().batchUid()))
                        .filter(task -> mayShow(access, task))
                        .toList();
        return new BatchView(uid, tasks);
    }

    private static boolean mayShow(Access access, TaskView task) {
        List<String> uids = task.subject().indexUids();
        return access.allowsAll() || (!uids.isEmpty() && uids.stream().allMatch(access::allows));
    }

    /** The page from {@code from} on, newest first unless reversed. */
    private static <T> ObjectNode page(
            TasksQuery query, List<T> all, ToLongFunction<T> uid, Function<T, ObjectNode> toJson) {
        Comparator<T> oldestFirst = Comparator.comparingLong(uid);
        Long from = query.from();
        List<T> following =
                all.stream()
                        .sorted(query.reverse() ? oldestFirst : oldestFirst.reversed())
                        .filter(
                                row ->
                                        from == null
                                                || (query.reverse()
                                                        ? uid.applyAsLong(row) >= from
                                                        : uid.applyAsLong(row) <= from))
                        .limit(query.limit() + 1)
                        .toList();
        boolean more = following.size() > query.limit();
        List<T> shown = more ? following.subList(0, (int) query.limit()) : following;
        ObjectNode page = Json.object();
        ArrayNode results = page.putArray("results");
        shown.forEach(row -> results.add(toJson.apply(row)));
        page.put("total", all.size());
        page.put("limit", query.limit());
        if (shown.isEmpty()) {
            page.putNull("from");
        } else {
            page.put("from", uid.applyAsLong(shown.getFirst()));
        }
        if (more) {
            page.put("next", uid.applyAsLong(following.getLast()));
        } else {
            page.putNull("next");
        }
        return page;
    }
}
