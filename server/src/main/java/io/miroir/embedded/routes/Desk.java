package io.miroir.embedded.routes;

import io.miroir.api.IndexUid;
import io.miroir.api.Uuids;
import io.miroir.api.features.Features;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.Authorizer;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.shared.FrontDesk;
import io.miroir.embedded.engine.IndexEngine;
import io.miroir.embedded.engine.SearchContext;
import io.miroir.embedded.store.IndexRow;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.tasks.OpenIndexes;
import io.miroir.embedded.tasks.TaskQueue;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What every route needs: who may pass, what is there, where tasks are left.
 *
 * @param ids of keys and webhooks (unguessable), and of requests (in time's order)
 */
public record Desk(
        NodeState state,
        OpenIndexes indexes,
        TaskQueue queue,
        Authorizer authorizer,
        InstantSource clock,
        Uuids ids)
        implements FrontDesk {

    @Override
    public Access pass(Request request, Action action) {
        return authorizer.authorize(request.header("Authorization"), action, null, clock.instant());
    }

    @Override
    public JsonNode jsonBody(Request request) throws IOException {
        return JsonBody.read(request);
    }

    /** Lets a request pass that names an index in its path. */
    Access passIndex(Request request, Action action) {
        return authorizer.authorize(
                request.header("Authorization"), action, request.path("uid"), clock.instant());
    }

    /** The index in a path, as a name; it need not exist. */
    String uid(Request request) {
        return IndexUid.require(request.path("uid"));
    }

    /** The index in a path, which must exist. */
    IndexRow index(Request request) {
        return index(uid(request));
    }

    /** The index with that name, which must exist. */
    IndexRow index(String uid) {
        IndexRow row = state.index(uid);
        if (row == null) {
            throw IndexUid.notFound(uid);
        }
        return row;
    }

    /** Does something with an index. */
    <T> T with(IndexRow index, BiFunction<IndexEngine, SearchContext, T> action) {
        SearchContext context = new SearchContext(index.uid(), features());
        return indexes.use(index, engine -> action.apply(engine, context));
    }

    /** Does something with several indexes at once; those that don't exist are left out. */
    <T> T withAll(Collection<String> uids, Function<Map<String, IndexEngine>, T> action) {
        return withAll(List.copyOf(uids), new HashMap<>(), action);
    }

    private <T> T withAll(
            List<String> uids,
            Map<String, IndexEngine> open,
            Function<Map<String, IndexEngine>, T> action) {
        if (uids.isEmpty()) {
            return action.apply(open);
        }
        List<String> rest = uids.subList(1, uids.size());
        IndexRow row = state.index(uids.getFirst());
        if (row == null) {
            return withAll(rest, open, action);
        }
        return indexes.use(
                row,
                engine -> {
                    open.put(row.uid(), engine);
                    return withAll(rest, open, action);
                });
    }

    /** The features that are on. */
    Features features() {
        return Features.fromJson(state.features());
    }

    /** Leaves a task, and answers with its summary. */
    Answer accept(TaskQueue.Draft draft) {
        return Answer.json(202, queue.enqueue(draft).toSummaryJson());
    }
}
