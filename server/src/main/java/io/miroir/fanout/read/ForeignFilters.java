package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.cluster.IndexView;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterParts;
import io.miroir.core.filter.FilterPrinter;
import io.miroir.core.filter.Word;
import io.miroir.fanout.answer.FilterRefusal;
import io.miroir.fanout.answer.ForeignKeys;
import io.miroir.fanout.answer.SimilarCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Conditions on documents of other indexes, that an index has keys of. A node has only some of
 * these documents, so their keys are looked up first and stand in the filter that nodes are sent;
 * Meilisearch does the same in one server.
 */
public final class ForeignFilters {
    /** As in Meilisearch: more must not match, of all conditions of a request on one index. */
    private static final int FOUND_MAX = 100;

    private static final String FILTER = "filter";
    private static final int BAD_REQUEST = 400;

    private final SearchJourney searches;
    private final DocumentReads documents;
    private final Supplier<Features> features;

    ForeignFilters(SearchJourney searches, DocumentReads documents, Supplier<Features> features) {
        this.searches = searches;
        this.documents = documents;
        this.features = features;
    }

    /**
     * A read that has a filter, maybe.
     *
     * @param uid of the index, aliases resolved
     * @param body its {@code filter} is changed
     */
    public record Query(String uid, ObjectNode body) {}

    /** What is to be looked up in another index. */
    private record Condition(String foreignUid, Filter filter) {}

    /** A read with such conditions, and what each of them asks. */
    private record Asked(Query query, Filter filter, Map<Filter.Foreign, Condition> conditions) {}

    /** The same of one query. */
    public void resolve(String uid, ObjectNode body, ErrorCode code, Terms terms) {
        resolve(List.of(new Query(uid, body)), code, terms);
    }

    /**
     * The same of a request for similar documents, whose embedder is looked for before.
     *
     * @param document what the document must match, for others to be found by it
     */
    public void resolveSimilar(String uid, ObjectNode document, ObjectNode body, Terms terms) {
        if ((mayHaveSome(document.path(FILTER)) || mayHaveSome(body.path(FILTER))) && isOn()) {
            SimilarCall.checkEmbedder(
                    body, searches.indexOf(uid, terms.writes()).settings().path("embedders"));
            resolve(
                    List.of(new Query(uid, document), new Query(uid, body)),
                    ErrorCode.INVALID_SIMILAR_FILTER,
                    terms);
        }
    }

    private boolean isOn() {
        return features.get().isOn(Feature.FOREIGN_KEYS);
    }

    /**
     * Puts keys in the place of conditions on other indexes. What is wrong with a filter otherwise
     * is left to the read itself.
     *
     * @param queries of one request
     * @param code of errors about the grammar
     * @throws ApiException if there are no such keys or indexes, or too many documents match
     */
    public void resolve(List<Query> queries, ErrorCode code, Terms terms) {
        if (queries.stream().noneMatch(query -> mayHaveSome(query.body.path(FILTER))) || !isOn()) {
            return;
        }
        IdentityHashMap<Query, Filter> filters = new IdentityHashMap<>();
        try {
            for (Query query : queries) {
                Filter filter = FilterInput.parse(query.body.get(FILTER), code);
                if (filter != null) {
                    FilterFeatures.check(filter, features.get());
                    filters.put(query, filter);
                }
            }
        } catch (ApiException _) {
            return;
        }
        List<Asked> all = new ArrayList<>();
        for (Query query : queries) {
            Filter filter = filters.get(query);
            if (filter != null && FilterParts.foreign(filter).findAny().isPresent()) {
                all.add(new Asked(query, filter, conditions(query.uid, filter)));
            }
        }
        Map<Condition, Set<String>> found = lookUp(all, terms);
        for (Asked asked : all) {
            Filter here =
                    FilterParts.withoutForeign(
                            asked.filter,
                            foreign -> {
                                Condition condition =
                                        Objects.requireNonNull(asked.conditions.get(foreign));
                                return anyOf(foreign, found.getOrDefault(condition, Set.of()));
                            });
            asked.query.body.put(FILTER, FilterPrinter.print(here));
        }
    }

    /**
     * Reads where such conditions stood: what is refused of the filter is told in its own words, as
     * Meilisearch does it of documents and values of facets, and of searches not.
     *
     * @param filter as it was before
     * @param code of errors about the grammar
     */
    public ReadReply asWritten(JsonNode filter, ErrorCode code, Supplier<ReadReply> read) {
        try {
            return read.get();
        } catch (ApiException refusal) {
            boolean ofFilter = mayHaveSome(filter) && isOn() && refusal.status() == BAD_REQUEST;
            throw ofFilter ? asWritten(filter, code, refusal) : refusal;
        }
    }

    private static ApiException asWritten(JsonNode filter, ErrorCode code, ApiException refusal) {
        try {
            Filter written = FilterInput.parse(filter, code);
            return written == null ? refusal : FilterRefusal.asWritten(written, refusal);
        } catch (ApiException _) {
            return refusal;
        }
    }

    /** A glance that spares the parsing of most. */
    private static boolean mayHaveSome(JsonNode filter) {
        return filter.isArray()
                ? filter.valueStream().anyMatch(ForeignFilters::mayHaveSome)
                : filter.asString("").contains("_foreign");
    }

    /** Of several faults Meilisearch finds the last first. */
    private Map<Filter.Foreign, Condition> conditions(String uid, Filter filter) {
        Map<Filter.Foreign, Condition> conditions = new LinkedHashMap<>();
        for (Filter.Foreign foreign : FilterParts.foreign(filter).toList().reversed()) {
            conditions.put(foreign, condition(uid, foreign));
        }
        return conditions;
    }

    private Condition condition(String uid, Filter.Foreign foreign) {
        String field = foreign.field().text();
        String foreignUid =
                ForeignKeys.uidOf(searches.indexOf(uid).settings(), field)
                        .orElseThrow(
                                () -> refused(uid, "Field `" + field + "` is not a foreign key"));
        if (FilterParts.foreign(foreign.filter()).findAny().isPresent()) {
            throw refused(uid, "Nested foreign filters are not supported");
        }
        return new Condition(foreignUid, foreign.filter());
    }

    private static ApiException refused(String uid, String problem) {
        return new ApiException(ErrorCode.INVALID_SEARCH_FILTER, "Index `" + uid + "`: " + problem);
    }

    /** Each of several that are the same once. */
    private Map<Condition, Set<String>> lookUp(List<Asked> reads, Terms terms) {
        Map<Condition, Set<String>> found = new LinkedHashMap<>();
        reads.forEach(asked -> asked.conditions.values().forEach(one -> found.put(one, Set.of())));
        Map<String, Set<String>> ofIndexes = new HashMap<>();
        for (Map.Entry<Condition, Set<String>> condition : found.entrySet()) {
            String uid = condition.getKey().foreignUid;
            Set<String> keys = keys(condition.getKey(), terms);
            Set<String> all = ofIndexes.computeIfAbsent(uid, _ -> new LinkedHashSet<>());
            all.addAll(keys);
            if (all.size() > FOUND_MAX) {
                throw refused(
                        uid,
                        "Foreign filter is retrieving too many documents, foreign filters can't"
                                + " retrieve more than "
                                + FOUND_MAX
                                + " documents per index");
            }
            condition.setValue(keys);
        }
        return found;
    }

    private Set<String> keys(Condition condition, Terms terms) {
        IndexView index = searches.indexOf(condition.foreignUid);
        String key = index.row().primaryKey();
        ObjectNode request = Json.object().put("limit", FOUND_MAX + 1);
        request.put(FILTER, FilterPrinter.print(condition.filter));
        if (key != null) {
            request.putArray("fields").add(key);
        }
        ReadReply reply;
        try {
            reply = documents.list(index.row().uid(), request, terms);
        } catch (ApiException refusal) {
            throw FilterRefusal.inWordsOf(condition.filter, condition.foreignUid, refusal);
        }
        if (!reply.missing().isEmpty()) {
            // With fewer keys more might be shown than the client asks for.
            throw new ApiException(
                    ErrorCode.MIROIR_SHARD_UNAVAILABLE,
                    "No replica in sync answered for shards "
                            + reply.missing()
                            + " of index `"
                            + condition.foreignUid
                            + "`.");
        }
        Set<String> keys = new LinkedHashSet<>();
        for (JsonNode document : reply.body().path("results")) {
            keys.add(key == null ? "" : ForeignKeys.id(document, key));
        }
        return keys;
    }

    private static Filter anyOf(Filter.Foreign foreign, Set<String> keys) {
        return new Filter.In(foreign.field(), keys.stream().map(Word::of).toList());
    }
}
