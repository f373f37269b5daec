package io.miroir.edge;

import io.miroir.api.search.FacetSearchRequest;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SimilarRequest;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.read.SearchJourney;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches of one index. */
final class SearchRoutes {
    private final RequestPath path;
    private final SearchJourney searches;

    SearchRoutes(RequestPath path, SearchJourney searches) {
        this.path = path;
        this.searches = searches;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/indexes/{uid}/search", this::search),
                new Route("GET", "/indexes/{uid}/search", this::searchByParameters),
                new Route("POST", "/indexes/{uid}/facet-search", this::facetSearch),
                new Route("POST", "/indexes/{uid}/similar", this::similar));
    }

    private Answer search(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        JsonNode body = path.searchBody(request);
        SearchRequest.fromBody(body);
        return answered(search, (ObjectNode) body);
    }

    private Answer searchByParameters(Request request) {
        RequestPath.Search search = path.passSearch(request);
        return answered(search, SearchRequest.bodyOf(request.query()));
    }

    private Answer answered(RequestPath.Search search, ObjectNode body) {
        return RequestPath.read(searches.search(search.uid(), search.filtered(body)));
    }

    private Answer facetSearch(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        JsonNode body = path.searchBody(request);
        FacetSearchRequest.fromBody(body);
        return RequestPath.read(
                searches.facetSearch(search.uid(), search.filtered((ObjectNode) body)));
    }

    private Answer similar(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        JsonNode body = path.searchBody(request);
        SimilarRequest.fromBody(body);
        return RequestPath.read(
                searches.similar(
                        search.uid(),
                        search.filtered((ObjectNode) body),
                        search.access().rule(search.name())));
    }
}
