package io.miroir.embedded.routes;

import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.indexes.FieldsRequest;
import io.miroir.api.indexes.IndexRequests;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.indexes.Swap;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.strict.Paging;
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
import java.util.List;

/** Routes of indexes as such: list, create, change, delete, swap. */
public final class IndexRoutes {
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
                new Route("POST", "/indexes/{uid}/fields", this::fields),
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

    private Answer fields(Request request) throws IOException {
        desk.passIndex(request, Action.FIELDS_POST);
        FieldsRequest asked = FieldsRequest.fromBody(JsonBody.read(request));
        IndexRow index = desk.index(request);
        return Answer.json(
                200,
                asked.page(desk.indexes().use(index, engine -> engine.fields(asked.filter()))));
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
        List<Swap> swaps = IndexSwaps.parse(JsonBody.read(request), access::allows);
        return desk.accept(
                new Draft(
                        TaskType.INDEX_SWAP,
                        IndexSwaps.names(swaps),
                        null,
                        IndexSwaps.details(swaps),
                        new Work.SwapIndexes(swaps)));
    }
}
