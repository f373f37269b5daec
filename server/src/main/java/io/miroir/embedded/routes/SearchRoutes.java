package io.miroir.embedded.routes;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.search.FacetSearchRequest;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.api.search.RequestChecks;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SimilarRequest;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.engine.FacetAnswer;
import io.miroir.embedded.engine.FederatedSearch;
import io.miroir.embedded.engine.SearchAnswer;
import io.miroir.embedded.store.IndexRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Routes that search. */
public final class SearchRoutes {
    private final Desk desk;

    /** Routes that work with this desk. */
    public SearchRoutes(Desk desk) {
        this.desk = desk;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/indexes/{uid}/search", this::searchByParameters),
                new Route("POST", "/indexes/{uid}/search", this::searchByBody),
                new Route("POST", "/indexes/{uid}/facet-search", this::facetSearch),
                new Route("GET", "/indexes/{uid}/similar", this::similarByParameters),
                new Route("POST", "/indexes/{uid}/similar", this::similarByBody),
                new Route("POST", "/multi-search", this::multiSearch));
    }

    private Answer searchByParameters(Request request) {
        Access access = desk.passIndex(request, Action.SEARCH);
        String uid = desk.uid(request);
        return search(request, access, uid, SearchRequest.fromParameters(request.query()));
    }

    private Answer searchByBody(Request request) throws IOException {
        Access access = desk.passIndex(request, Action.SEARCH);
        JsonNode body = JsonBody.read(request);
        String uid = desk.uid(request);
        return search(request, access, uid, SearchRequest.fromBody(body));
    }

    private Answer search(Request request, Access access, String uid, SearchRequest asked) {
        RequestChecks.check(asked, desk.features());
        IndexRow index = desk.index(uid);
        ObjectNode json = search(access, index, asked);
        json.put("requestUid", desk.ids().timed());
        addMetadata(request, json, index, asked);
        return Answer.json(200, json);
    }

    /** What a client that asks for it by header is told about the index that was searched. */
    private void addMetadata(
            Request request, ObjectNode json, IndexRow index, SearchRequest asked) {
        if (wantsMetadata(request)) {
            json.set("metadata", metadata(index, asked));
        }
    }

    private static boolean wantsMetadata(Request request) {
        return "true".equals(request.header("Meili-Include-Metadata"));
    }

    private ObjectNode metadata(IndexRow index, SearchRequest asked) {
        ObjectNode told = Json.object();
        if (asked.matching().q() != null) {
            told.put("query", asked.matching().q());
        }
        told.put("queryUid", desk.ids().timed()).put("indexUid", index.uid());
        if (index.primaryKey() != null) {
            told.put("primaryKey", index.primaryKey());
        }
        return told;
    }

    private ObjectNode search(Access access, IndexRow index, SearchRequest asked) {
        SearchRequest allowed = withRules(access, index.uid(), asked);
        Timing timing = Timing.start(desk.clock());
        SearchAnswer answer =
                desk.with(index, (engine, context) -> engine.search(context, allowed));
        ObjectNode json = answer.toJson(timing.millis());
        if (asked.extras().showPerformanceDetails()) {
            timing.show(json);
        }
        return json;
    }

    private Answer facetSearch(Request request) throws IOException {
        Access access = desk.passIndex(request, Action.SEARCH);
        JsonNode body = JsonBody.read(request);
        IndexRow index = desk.index(request);
        FacetSearchRequest asked = FacetSearchRequest.fromBody(body);
        FacetSearchRequest allowed =
                new FacetSearchRequest(
                        asked.facetName(),
                        asked.facetQuery(),
                        withRules(access, index.uid(), asked.search()),
                        asked.exhaustive());
        Timing timing = Timing.start(desk.clock());
        FacetAnswer answer =
                desk.with(index, (engine, context) -> engine.facetSearch(context, allowed));
        ObjectNode json = Json.object();
        ArrayNode hits = json.putArray("facetHits");
        for (FacetAnswer.Hit hit : answer.hits()) {
            hits.addObject().put("value", hit.value()).put("count", hit.count());
        }
        json.put("facetQuery", answer.facetQuery());
        json.put("processingTimeMs", timing.millis());
        return Answer.json(200, json);
    }

    private Answer similarByParameters(Request request) {
        Access access = desk.passIndex(request, Action.SEARCH);
        IndexRow index = desk.index(request);
        return similar(access, index, SimilarRequest.fromParameters(request.query()));
    }

    private Answer similarByBody(Request request) throws IOException {
        Access access = desk.passIndex(request, Action.SEARCH);
        JsonNode body = JsonBody.read(request);
        IndexRow index = desk.index(request);
        return similar(access, index, SimilarRequest.fromBody(body));
    }

    private Answer similar(Access access, IndexRow index, SimilarRequest asked) {
        SimilarRequest allowed =
                new SimilarRequest(
                        asked.id(),
                        asked.embedder(),
                        asked.paging(),
                        access.filtered(index.uid(), asked.filter()),
                        asked.attributesToRetrieve(),
                        asked.retrieveVectors(),
                        asked.scoring());
        Timing timing = Timing.start(desk.clock());
        SearchAnswer answer =
                desk.with(index, (engine, context) -> engine.similar(context, allowed));
        ObjectNode json = answer.toJson(timing.millis());
        json.put("id", asked.id());
        return Answer.json(200, json);
    }

    private Answer multiSearch(Request request) throws IOException {
        Access access = desk.pass(request, Action.SEARCH);
        MultiSearchRequest asked = MultiSearchRequest.fromBody(JsonBody.read(request));
        checkIndexes(access, asked);
        if (asked.federation() != null) {
            return federated(request, access, asked, asked.federation());
        }
        ObjectNode json = Json.object();
        ArrayNode results = json.putArray("results");
        for (int i = 0; i < asked.queries().size(); i++) {
            results.add(oneOfMany(request, access, asked.queries().get(i), i));
        }
        return Answer.json(200, json);
    }

    /** All queries are looked at before any runs. */
    private static void checkIndexes(Access access, MultiSearchRequest asked) {
        for (int i = 0; i < asked.queries().size(); i++) {
            if (!access.allows(asked.queries().get(i).indexUid())) {
                ApiException refused = Authorizer.invalidKey();
                throw new ApiException(
                        refused.code(), "Inside `.queries[" + i + "]`: " + refused.text());
            }
        }
    }

    private Answer federated(
            Request request,
            Access access,
            MultiSearchRequest asked,
            MultiSearchRequest.Federation federation) {
        List<MultiSearchRequest.Query> queries = new ArrayList<>();
        Set<String> uids = new TreeSet<>();
        for (MultiSearchRequest.Query query : asked.queries()) {
            uids.add(query.indexUid());
            queries.add(query.with(withRules(access, query.indexUid(), query.request())));
        }
        federation.facetsByIndex().keySet().stream().filter(access::allows).forEach(uids::add);
        MultiSearchRequest allowed = new MultiSearchRequest(queries, federation);
        Timing timing = Timing.start(desk.clock());
        SearchAnswer answer =
                desk.withAll(
                        uids,
                        engines -> FederatedSearch.search(allowed, engines::get, desk.features()));
        ObjectNode json = answer.toJson(timing.millis());
        json.put("requestUid", desk.ids().timed());
        if (federation.showPerformanceDetails()) {
            timing.show(json);
        }
        if (wantsMetadata(request)) {
            ArrayNode metadata = json.putArray("metadata");
            queries.forEach(
                    query -> metadata.add(metadata(desk.index(query.indexUid()), query.request())));
        }
        return Answer.json(200, json);
    }

    private ObjectNode oneOfMany(
            Request request, Access access, MultiSearchRequest.Query query, int position) {
        try {
            String uid = query.indexUid();
            if (query.options() != null) {
                throw new ApiException(
                        ErrorCode.INVALID_MULTI_SEARCH_FEDERATION_OPTIONS,
                        "Using `federationOptions` is not allowed in a non-federated search.\n"
                                + " - Hint: remove `federationOptions` from the query or add"
                                + " `federation` to the request.");
            }
            RequestChecks.check(query.request(), desk.features());
            IndexRow index = desk.index(uid);
            ObjectNode json = search(access, index, query.request());
            json.put("indexUid", uid);
            json.put("requestUid", desk.ids().timed());
            addMetadata(request, json, index, query.request());
            return json;
        } catch (ApiException refused) {
            // An index that is absent here is a fault of the request, not of its path.
            boolean absent = refused.code() == ErrorCode.INDEX_NOT_FOUND;
            throw new ApiException(
                    refused.code(),
                    "Inside `.queries[" + position + "]`: " + refused.text(),
                    absent ? 400 : refused.status());
        }
    }

    /** The search with the filter that a tenant token adds. */
    private static SearchRequest withRules(Access access, String uid, SearchRequest asked) {
        return asked.filteredBy(access.filtered(uid, asked.selection().filter()));
    }
}
