package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.api.export.ExportDetails;
import io.miroir.api.export.ExportRequest;
import io.miroir.api.keys.Action;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.TaskRoom;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code /dumps}, {@code /snapshots}, {@code /export}: what takes everything away. */
final class DumpRoutes {
    private static final int ACCEPTED = 202;

    private final RequestPath path;
    private final NewTasks tasks;

    DumpRoutes(RequestPath path, Tasks tasks) {
        this.path = path;
        this.tasks = new NewTasks(tasks);
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/dumps", this::dump),
                new Route("POST", "/snapshots", this::snapshot),
                new Route("POST", "/export", this::export));
    }

    private Answer dump(Request request) {
        path.pass(request, Action.DUMPS_CREATE);
        ObjectNode unnamed = Json.object().putNull("dumpUid");
        return Answer.json(ACCEPTED, tasks.queued(TaskType.DUMP_CREATION, unnamed));
    }

    private Answer snapshot(Request request) {
        path.pass(request, Action.SNAPSHOTS_CREATE);
        return Answer.json(ACCEPTED, tasks.queued(TaskType.SNAPSHOT_CREATION, Json.object()));
    }

    private Answer export(Request request) throws IOException {
        path.pass(request, Action.EXPORT);
        ObjectNode details = ExportDetails.of(ExportRequest.of(path.jsonBody(request)));
        TaskRoom.require(details);
        return Answer.json(200, tasks.queued(TaskType.EXPORT, details));
    }
}
