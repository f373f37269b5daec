package io.miroir.embedded.routes;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.indexes.IndexRequests;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Paging;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.api.tasks.TaskType;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.store.IndexRow;
import io.miroir.embedded.store.Work;
import io.miroir.embedded.tasks.Details;
import io.miroir.embedded.tasks.TaskQueue.Draft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Routes of indexes as such: list, create, change, delete, swap. */
public final class IndexRoutes {
    private static final Check UID =
            value -> {
                if (!IndexUid.isValid(value.string())) {
                    throw value.invalid(IndexUid.why(value.string()));
                }
            };

    private static final Check SWAPS =
            Check.arrayOf(
                    Shape.of(
                            required(
                                    "indexes",
                                    ErrorCode.INVALID_SWAP_INDEXES,
                                    Check.arrayOf(UID),
                                    ErrorCode.MISSING_SWAP_INDEXES),
                            notNull("rename", ErrorCode.INVALID_SWAP_RENAME, Check.BOOLEAN)));

    private final Desk desk;

    /** Routes that work with this desk. */
    public IndexRoutes(Desk desk) {
        this.desk = desk;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/indexes", this::list),
                new Route("POST", "/indexes", this::create),
                new Route("GET", "/indexes/{uid}", this::get),
                new Route("PATCH", "/indexes/{uid}", this::update),
                new Route("DELETE", "/indexes/{uid}", this::delete),
                new Route("POST", "/indexes/{uid}/compact", this::compact),
                new Route("POST", "/swap-indexes", this::swap));
    }

    private Answer list(Request request) {
        Access access = desk.pass(request, Action.INDEXES_GET);
        Paging paging = IndexRequests.page(request.query());
        List<IndexRow> visible =
                desk.state().indexes().values().stream()
                        .filter(index -> access.allows(index.uid()))
                        .toList();
        return Answer.json(200, paging.page(visible, IndexRow::toJson));
    }

    private Answer create(Request request) throws IOException {
        Access access = desk.pass(request, Action.INDEXES_ADD);
        IndexRequests.Create asked = IndexRequests.Create.parse(JsonBody.read(request));
        if (!access.allows(asked.uid())) {
            throw Authorizer.invalidKey();
        }
        return desk.accept(
                new Draft(
                        TaskType.INDEX_CREATION,
                        List.of(asked.uid()),
                        null,
                        Details.creation(asked.primaryKey()),
                        new Work.CreateIndex(asked.primaryKey())));
    }

    private Answer get(Request request) {
        desk.passIndex(request, Action.INDEXES_GET);
        return Answer.json(200, desk.index(request).toJson());
    }

    private Answer update(Request request) throws IOException {
        desk.passIndex(request, Action.INDEXES_UPDATE);
        IndexRequests.Update asked = IndexRequests.Update.parse(JsonBody.read(request));
        String uid = desk.uid(request);
        if (asked.uid() != null) {
            IndexUid.require(asked.uid());
        }
        return desk.accept(
                new Draft(
                        TaskType.INDEX_UPDATE,
                        List.of(uid),
                        null,
                        Details.update(asked.primaryKey(), uid, asked.uid()),
                        new Work.UpdateIndex(asked.primaryKey(), asked.uid())));
    }

    private Answer delete(Request request) {
        desk.passIndex(request, Action.INDEXES_DELETE);
        return desk.accept(
                new Draft(
                        TaskType.INDEX_DELETION,
                        List.of(desk.uid(request)),
                        null,
                        Details.clearing(null),
                        new Work.DeleteIndex()));
    }

    private Answer compact(Request request) {
        desk.passIndex(request, Action.INDEXES_COMPACT);
        return desk.accept(
                new Draft(
                        TaskType.INDEX_COMPACTION,
                        List.of(desk.uid(request)),
                        null,
                        Json.object(),
                        new Work.CompactIndex()));
    }

    private Answer swap(Request request) throws IOException {
        Access access = desk.pass(request, Action.INDEXES_SWAP);
        JsonNode body = JsonBody.read(request);
        SWAPS.check(StrictValue.body(body));
        List<Work.Swap> swaps = new ArrayList<>();
        List<String> uids = new ArrayList<>();
        for (JsonNode swap : body) {
            List<String> pair =
                    swap.get("indexes").valueStream().map(JsonNode::stringValue).toList();
            checkPair(access, pair);
            uids.addAll(pair);
            swaps.add(
                    new Work.Swap(pair.get(0), pair.get(1), swap.path("rename").asBoolean(false)));
        }
        refuseRepeated(uids);
        return desk.accept(
                new Draft(
                        TaskType.INDEX_SWAP,
                        uids,
                        null,
                        details(swaps),
                        new Work.SwapIndexes(swaps)));
    }

    private static void checkPair(Access access, List<String> pair) {
        if (pair.size() != 2) {
            String listed =
                    pair.stream().map(uid -> "\"" + uid + "\"").collect(Collectors.joining(", "));
            throw new ApiException(
                    ErrorCode.INVALID_SWAP_INDEXES,
                    "Two indexes must be given for each swap. The list `["
                            + listed
                            + "]` contains "
                            + pair.size()
                            + " indexes.");
        }
        if (!pair.stream().allMatch(access::allows)) {
            throw Authorizer.invalidKey();
        }
    }

    private static void refuseRepeated(List<String> uids) {
        Set<String> seen = new HashSet<>();
        for (String uid : uids) {
            if (!seen.add(uid)) {
                throw new ApiException(
                        ErrorCode.INVALID_SWAP_DUPLICATE_INDEX_FOUND,
                        "Indexes must be declared only once during a swap. `"
                                + uid
                                + "` was specified several times.");
            }
        }
    }

    private static ObjectNode details(List<Work.Swap> swaps) {
        ObjectNode details = Json.object();
        var list = details.putArray("swaps");
        for (Work.Swap swap : swaps) {
            ObjectNode pair = list.addObject();
            pair.putArray("indexes").add(swap.first()).add(swap.second());
            pair.put("rename", swap.rename());
        }
        return details;
    }
}
