package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.indexes.Swap;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.Operation;
import io.miroir.fanout.lane.WriteRequest;
import io.miroir.store.lane.Lanes;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** {@code /swap-indexes}: names that indexes exchange. */
final class SwapRoutes {
    private static final int SWAPS_MAX = Lanes.NAMES_MAX / 2;

    private final RequestPath path;
    private final NewTasks tasks;

    SwapRoutes(RequestPath path, Tasks tasks) {
        this.path = path;
        this.tasks = new NewTasks(tasks);
    }

    List<Route> routes() {
        return List.of(new Route("POST", "/swap-indexes", this::swap));
    }

    private Answer swap(Request request) throws Exception {
        Access access = path.pass(request, Action.INDEXES_SWAP);
        List<Swap> swaps = IndexSwaps.parse(path.jsonBody(request), access::allows);
        if (swaps.size() > SWAPS_MAX) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST,
                    "At most " + SWAPS_MAX + " swaps may be asked for at once.");
        }
        if (swaps.isEmpty()) {
            return Answer.json(202, tasks.done(TaskType.INDEX_SWAP, IndexSwaps.details(swaps)));
        }
        swaps.stream().filter(Swap::rename).map(Swap::second).forEach(path::requireNoAlias);
        // Any of their lanes can run it: the first by name, so that equal requests meet.
        String lane = Collections.min(IndexSwaps.names(swaps));
        return path.write(
                request,
                new WriteRequest(Operation.INDEX_SWAP, lane, Map.of()),
                IndexSwaps.details(swaps));
    }
}
