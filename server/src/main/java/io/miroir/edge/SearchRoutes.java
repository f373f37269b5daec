package io.miroir.edge;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.search.FacetSearchRequest;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SimilarRequest;
import io.miroir.cluster.StoredNetwork;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.read.AliasSearch;
import io.miroir.fanout.read.ForeignDocuments;
import io.miroir.fanout.read.ReadReply;
import io.miroir.fanout.read.SearchJourney;
import io.miroir.fanout.read.Terms;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches of one index. */
final class SearchRoutes {
    private final RequestPath path;
    private final SearchJourney searches;
    private final AliasSearch aliases;
    private final QueryMetadata metadata;
    private final ForeignDocuments foreign;
    private final StoredNetwork network;

    SearchRoutes(
            RequestPath path,
            SearchJourney searches,
            AliasSearch aliases,
            QueryMetadata metadata,
            ForeignDocuments foreign,
            StoredNetwork network) {
        this.path = path;
        this.searches = searches;
        this.aliases = aliases;
        this.metadata = metadata;
        this.foreign = foreign;
        this.network = network;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/indexes/{uid}/search", this::search),
                new Route("GET", "/indexes/{uid}/search", this::searchByParameters),
                new Route("POST", "/indexes/{uid}/facet-search", this::facetSearch),
                new Route("POST", "/indexes/{uid}/similar", this::similar),
                new Route("GET", "/indexes/{uid}/similar", this::similarByParameters));
    }

    private Answer search(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        JsonNode body = path.searchBody(request);
        SearchRequest.fromBody(body);
        return answered(request, search, (ObjectNode) body);
    }

    private Answer searchByParameters(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        return answered(request, search, SearchRequest.bodyOf(request.query()));
    }

    private Answer answered(Request request, RequestPath.Search search, ObjectNode body)
            throws Exception {
        StoredNetwork.Reach reach = network.reach(body);
        ObjectNode filtered = search.filtered(body);
        NetworkAnswer shown = NetworkAnswer.of(reach, filtered);
        return path.reading(request, terms -> answered(request, search, filtered, shown, terms));
    }

    private Answer answered(
            Request request,
            RequestPath.Search search,
            ObjectNode filtered,
            NetworkAnswer shown,
            Terms terms) {
        List<String> targets = path.targets(search.name()).orElse(null);
        if (targets != null) {
            ReadReply all = aliases.search(targets, filtered, terms);
            shown.show(search.name(), all.body());
            return RequestPath.read(all);
        }
        foreign.requireIndexes(List.of(search.uid()));
        foreign.filters().resolve(search.uid(), filtered, ErrorCode.INVALID_SEARCH_FILTER, terms);
        ReadReply reply =
                AbsentIndex.last(
                        filtered,
                        network,
                        () -> searches.searchByRules(search.uid(), filtered, terms));
        if (QueryMetadata.isWanted(request)) {
            reply.body().set(QueryMetadata.FIELD, metadata.of(search.uid(), filtered));
        }
        shown.show(search.name(), reply.body());
        foreign.show(search.uid(), reply.body(), terms);
        return RequestPath.read(reply);
    }

    private Answer facetSearch(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        JsonNode body = path.searchBody(request);
        FacetSearchRequest.fromBody(body);
        StoredNetwork.Reach reach = network.reach(body);
        ObjectNode filtered = search.filtered((ObjectNode) body);
        NetworkAnswer.hide(reach, filtered);
        return path.reading(
                request,
                terms -> {
                    JsonNode filter = filtered.path("filter");
                    ErrorCode code = ErrorCode.INVALID_SEARCH_FILTER;
                    foreign.filters().resolve(search.uid(), filtered, code, terms);
                    ReadReply reply =
                            foreign.filters()
                                    .asWritten(
                                            filter,
                                            code,
                                            () ->
                                                    searches.facetSearch(
                                                            search.uid(), filtered, terms));
                    NetworkAnswer.showFacets(reach, reply.body());
                    return RequestPath.read(reply);
                });
    }

    private Answer similarByParameters(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        ObjectNode body = SimilarRequest.bodyOf(request.query());
        return similar(request, search, body);
    }

    private Answer similar(Request request) throws Exception {
        RequestPath.Search search = path.passSearch(request);
        JsonNode body = path.searchBody(request);
        SimilarRequest.checkShape(body);
        return similar(request, search, (ObjectNode) body);
    }

    private Answer similar(Request request, RequestPath.Search search, ObjectNode body)
            throws Exception {
        ObjectNode filtered = search.filtered(body);
        ObjectNode document = Json.object();
        document.set("filter", search.access().rule(search.name()));
        return path.reading(
                request,
                terms -> {
                    foreign.filters().resolveSimilar(search.uid(), document, filtered, terms);
                    JsonNode rule = document.get("filter");
                    return RequestPath.read(
                            searches.similar(
                                    search.uid(),
                                    filtered,
                                    rule == null || rule.isNull() ? null : rule,
                                    terms));
                });
    }
}
