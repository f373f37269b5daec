package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.search.FederationChecks;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.cluster.StoredNetwork;
import io.miroir.core.topology.ShardSet;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.read.AliasSearch;
import io.miroir.fanout.read.FederatedJourney;
import io.miroir.fanout.read.ForeignDocuments;
import io.miroir.fanout.read.ForeignFilters;
import io.miroir.fanout.read.ReadReply;
import io.miroir.fanout.read.SearchJourney;
import io.miroir.fanout.read.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /multi-search}: several searches in one request, apart or as one list. */
final class MultiSearchRoutes {
    private static final String OPTIONS = "federationOptions";
    private static final String REMOTE = "remote";
    private static final String PERFORMANCE = "showPerformanceDetails";

    private final RequestPath path;
    private final SearchJourney searches;
    private final FederatedJourney federated;
    private final AliasSearch aliases;
    private final QueryMetadata metadata;
    private final ForeignDocuments foreign;
    private final QueryBatch.Limits limits;
    private final MultiSearchMetrics metrics;
    private final StoredNetwork network;

    MultiSearchRoutes(
            RequestPath path,
            Edge.Reads reads,
            QueryMetadata metadata,
            ForeignDocuments foreign,
            QueryBatch.Limits limits,
            MultiSearchMetrics metrics,
            StoredNetwork network) {
        this.path = path;
        this.limits = limits;
        this.metrics = metrics;
        this.network = network;
        this.searches = reads.searches();
        this.federated = reads.federated();
        this.aliases = new AliasSearch(federated);
        this.metadata = metadata;
        this.foreign = foreign;
    }

    List<Route> routes() {
        return List.of(new Route("POST", "/multi-search", this::multiSearch));
    }

    private Answer multiSearch(Request request) throws Exception {
        Access access = path.pass(request, Action.SEARCH);
        JsonNode body = path.searchBody(request);
        MultiSearchRequest sent = MultiSearchRequest.fromBody(body);
        limits.check(sent.queries().size());
        MultiSearchRequest asked = withRules(access, sent, body.path("queries"));
        metrics.began(asked.queries().size());
        try {
            return path.reading(
                    request,
                    terms ->
                            asked.federation() == null
                                    ? apart(request, asked, body.path("queries"), terms)
                                    : asOne(request, asked, (ObjectNode) body, terms));
        } catch (ApiException refused) {
            metrics.failed();
            throw refused;
        }
    }

    private Answer asOne(Request request, MultiSearchRequest asked, ObjectNode body, Terms terms)
            throws Exception {
        nameSelf(body.path("queries"));
        List<String> uids =
                asked.queries().stream().map(query -> path.resolved(query.indexUid())).toList();
        foreign.requireIndexes(uids);
        ReadReply reply =
                new QueryBatch(limits)
                        .inTime(
                                () -> {
                                    resolve(body.path("queries"), uids, terms);
                                    return federated.search(asked, body, uids, terms);
                                });
        foreign.show(path::resolved, reply.body(), terms);
        metadata.addRequestUid(reply.body());
        if (QueryMetadata.isWanted(request)) {
            reply.body().set(QueryMetadata.FIELD, told(asked, body.path("queries"), uids));
        }
        return RequestPath.read(reply);
    }

    /** The metadata of all queries; where one goes by the network, each says who answered it. */
    private ArrayNode told(MultiSearchRequest asked, JsonNode queries, List<String> uids) {
        String self =
                queries.valueStream()
                        .map(query -> query.path(OPTIONS).path(REMOTE))
                        .filter(JsonNode::isString)
                        .map(JsonNode::stringValue)
                        .findFirst()
                        .orElse(null);
        Set<String> searched = new TreeSet<>();
        for (int i = 0; i < uids.size(); i++) {
            if (!(network.reach(queries.path(i)) instanceof StoredNetwork.Reach.Nobody)) {
                searched.add(uids.get(i));
            }
        }
        ArrayNode each = Json.array();
        for (int i = 0; i < uids.size(); i++) {
            ObjectNode one = metadata.of(uids.get(i), queries.path(i));
            MultiSearchRequest.FederationOptions options = asked.queries().get(i).options();
            boolean named = options != null && options.remote() != null;
            // Of an instance that is named one server looks for the key with the others'.
            if (named || !searched.contains(uids.get(i))) {
                one.remove(QueryMetadata.KEY);
            }
            if (self != null) {
                one.put(REMOTE, self);
            }
            each.add(one);
        }
        return each;
    }

    private void resolve(JsonNode queries, List<String> uids, Terms terms) {
        List<ForeignFilters.Query> all = new ArrayList<>();
        for (int i = 0; i < uids.size(); i++) {
            all.add(new ForeignFilters.Query(uids.get(i), (ObjectNode) queries.path(i)));
        }
        foreign.filters().resolve(all, ErrorCode.INVALID_SEARCH_FILTER, terms);
    }

    /** One that asks all instances, of which this is the only one, is one of this instance. */
    private void nameSelf(JsonNode queries) {
        for (JsonNode query : queries) {
            boolean explicit = query.path(OPTIONS).path(REMOTE).isString();
            // What is wrong is told with the query's place, when all are checked.
            if (!explicit
                    && query.path("useNetwork").asBoolean(false)
                    && !network.now().hasOthers()
                    && network.reach(query) instanceof StoredNetwork.Reach.Self self) {
                ((ObjectNode) query).withObject(OPTIONS).put(REMOTE, self.name());
                NetworkAnswer.hide(self, (ObjectNode) query);
            }
        }
    }

    /** Puts rules into the queries as well. All are looked at before any runs. */
    private MultiSearchRequest withRules(Access access, MultiSearchRequest sent, JsonNode queries) {
        List<MultiSearchRequest.Query> ruled = new ArrayList<>();
        for (int i = 0; i < sent.queries().size(); i++) {
            MultiSearchRequest.Query asked = sent.queries().get(i);
            String name = asked.indexUid();
            if (!access.allows(name)) {
                throw inQuery(i, Authorizer.invalidKey());
            }
            ObjectNode query = (ObjectNode) queries.get(i);
            JsonNode filter = access.filtered(name, query.get("filter"));
            if (filter != null) {
                query.set("filter", filter);
            }
            ruled.add(asked.with(asked.request().filteredBy(filter)));
        }
        return new MultiSearchRequest(ruled, sent.federation());
    }

    private Answer apart(Request request, MultiSearchRequest asked, JsonNode queries, Terms terms)
            throws InterruptedException {
        boolean told = QueryMetadata.isWanted(request);
        List<Future<ReadReply>> ran =
                new QueryBatch(limits)
                        .run(
                                asked.queries().size(),
                                position -> () -> one(asked, queries, position, told, terms));
        ObjectNode answer = Json.object();
        ArrayNode results = answer.putArray("results");
        ShardSet missing = ShardSet.none();
        Set<String> inconsistent = new TreeSet<>();
        for (int i = 0; i < ran.size(); i++) {
            ReadReply reply = joined(ran.get(i), i);
            ObjectNode result = Json.object();
            result.put("indexUid", asked.queries().get(i).indexUid());
            result.setAll(reply.body());
            results.add(result);
            missing = missing.or(reply.missing());
            inconsistent.addAll(reply.inconsistent());
        }
        return RequestPath.read(new ReadReply(answer, missing, OptionalLong.empty(), inconsistent));
    }

    private ReadReply one(
            MultiSearchRequest asked, JsonNode queries, int position, boolean told, Terms terms) {
        if (asked.queries().get(position).options() != null) {
            throw new ApiException(
                    ErrorCode.INVALID_MULTI_SEARCH_FEDERATION_OPTIONS,
                    "Using `federationOptions` is not allowed in a non-federated search.\n"
                            + " - Hint: remove `federationOptions` from the query or add"
                            + " `federation` to the request.");
        }
        StoredNetwork.Reach reach = network.reach(queries.get(position));
        ObjectNode query = (ObjectNode) queries.get(position).deepCopy();
        NetworkAnswer shown = NetworkAnswer.of(reach, query);
        query.remove(List.of("indexUid", OPTIONS));
        // Here it may be null, other than in a search by itself.
        if (query.path(PERFORMANCE).isNull()) {
            query.remove(PERFORMANCE);
        }
        String name = asked.queries().get(position).indexUid();
        List<String> targets = path.targets(name).orElse(null);
        if (targets != null) {
            ReadReply all = aliases.search(targets, query, terms);
            shown.show(name, all.body());
            return all;
        }
        String uid = path.resolved(name);
        foreign.requireIndexes(List.of(uid));
        foreign.filters().resolve(uid, query, ErrorCode.INVALID_SEARCH_FILTER, terms);
        ReadReply reply =
                AbsentIndex.last(query, network, () -> searches.searchByRules(uid, query, terms));
        if (told) {
            reply.body().set(QueryMetadata.FIELD, metadata.of(uid, query));
        }
        shown.show(name, reply.body());
        foreign.show(uid, reply.body(), terms);
        return reply;
    }

    private ReadReply joined(Future<ReadReply> reply, int position) throws InterruptedException {
        try {
            return reply.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof ApiException refused) {
                throw inQuery(position, refused);
            }
            throw new IllegalStateException("query " + position, failed.getCause());
        }
    }

    private ApiException inQuery(int position, ApiException refused) {
        // An index that is absent here is a fault of the request, not of its path, but where it is
        // missed with its keys.
        boolean absent = refused.code() == ErrorCode.INDEX_NOT_FOUND && !foreign.isOn();
        return FederationChecks.insideQuery(
                position, absent ? new ApiException(refused.code(), refused.text(), 400) : refused);
    }
}
