package io.miroir.edge;

import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.api.indexes.FieldsRequest;
import io.miroir.api.indexes.IndexRequests;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.strict.Paging;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.Operation;
import io.miroir.fanout.lane.WriteRequest;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.SearchJourney;
import io.miroir.fanout.read.StatsReads;
import io.miroir.store.index.IndexRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** {@code /indexes}: the catalogue as clients see it. */
final class IndexRoutes {
    private final RequestPath path;
    private final ClusterView view;
    private final SearchJourney searches;
    private final DocumentReads documents;
    private final StatsReads counts;

    IndexRoutes(RequestPath path, ClusterView view, Edge.Reads reads) {
        this.path = path;
        this.view = view;
        this.searches = reads.searches();
        this.documents = reads.documents();
        this.counts = reads.stats();
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/indexes", this::list),
                new Route("POST", "/indexes", this::create),
                new Route("GET", "/indexes/{uid}", this::get),
                new Route("PATCH", "/indexes/{uid}", this::update),
                new Route("DELETE", "/indexes/{uid}", this::delete),
                new Route("POST", "/indexes/{uid}/fields", this::fields),
                new Route("POST", "/indexes/{uid}/compact", this::compact),
                new Route("GET", "/indexes/{uid}/stats", this::stats));
    }

    private Answer list(Request request) {
        Access access = path.pass(request, Action.INDEXES_GET);
        Paging paging = IndexRequests.page(request.query());
        List<IndexView> visible =
                view.indexes().stream().filter(index -> access.allows(index.row().uid())).toList();
        return Answer.json(200, paging.page(visible, index -> json(index.row())));
    }

    private Answer get(Request request) {
        String uid = path.passRead(request, Action.INDEXES_GET);
        return Answer.json(200, json(searches.indexOf(uid, path.writes(request)).row()));
    }

    private Answer create(Request request) throws Exception {
        Access access = path.pass(request, Action.INDEXES_ADD);
        IndexRequests.Create create = IndexRequests.Create.parse(path.jsonBody(request));
        if (!access.allows(create.uid())) {
            throw Authorizer.invalidKey();
        }
        path.requireNoAlias(create.uid());
        String key = create.primaryKey();
        return write(
                request,
                Operation.INDEX_CREATE,
                create.uid(),
                key == null ? Map.of() : Map.of(WriteRequest.PRIMARY_KEY, key));
    }

    private Answer update(Request request) throws Exception {
        String uid = path.passWrite(request, Action.INDEXES_UPDATE);
        IndexRequests.Update update = IndexRequests.Update.parse(path.jsonBody(request));
        Map<String, String> parameters = new HashMap<>();
        if (update.primaryKey() != null) {
            parameters.put(WriteRequest.PRIMARY_KEY, update.primaryKey());
        }
        if (update.uid() != null) {
            path.requireNoAlias(update.uid());
            parameters.put(WriteRequest.NEW_UID, IndexUid.require(update.uid()));
        }
        return write(request, Operation.INDEX_UPDATE, uid, parameters);
    }

    private Answer compact(Request request) throws Exception {
        String uid = path.passWrite(request, Action.INDEXES_COMPACT);
        return write(request, Operation.INDEX_COMPACT, uid, Map.of());
    }

    private Answer delete(Request request) throws Exception {
        String uid = path.passWrite(request, Action.INDEXES_DELETE);
        return write(request, Operation.INDEX_DELETE, uid, Map.of());
    }

    private Answer fields(Request request) throws Exception {
        path.passKey(request, Action.FIELDS_POST);
        String uid = path.resolved(request.path("uid"));
        FieldsRequest asked = FieldsRequest.fromBody(path.searchBody(request));
        if (!IndexUid.isValid(uid)) {
            // This route looks for the index without a look at its name.
            throw IndexUid.notFound(uid);
        }
        return path.reading(
                request, terms -> RequestPath.read(documents.fields(uid, asked, terms)));
    }

    private Answer stats(Request request) throws Exception {
        String uid = path.passRead(request, Action.STATS_GET);
        StatsQuery asked = StatsQuery.parse(request.query());
        return path.reading(
                request,
                terms -> {
                    IndexView index = searches.indexOf(uid, terms.writes());
                    return Answer.json(200, asked.show(counts.of(index, asked, terms.share())));
                });
    }

    private Answer write(
            Request request, Operation operation, String uid, Map<String, String> parameters)
            throws Exception {
        return path.write(request, new WriteRequest(operation, uid, parameters), new byte[0]);
    }

    private static ObjectNode json(IndexRow row) {
        ObjectNode index = Json.object();
        index.put("uid", row.uid());
        index.put("createdAt", Timestamps.rfc3339(StoreTime.instant(row.createdAt())));
        index.put("updatedAt", Timestamps.rfc3339(StoreTime.instant(row.updatedAt())));
        index.put("primaryKey", row.primaryKey());
        return index;
    }
}
