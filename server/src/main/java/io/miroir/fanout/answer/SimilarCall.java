package io.miroir.fanout.answer;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.FilterInput;
import io.miroir.api.search.NodesFilter;
import io.miroir.api.search.SimilarRequest;
import io.miroir.api.settings.RankingRule;
import io.miroir.core.filter.Filter;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents similar to one. Only the node that holds that document knows its vector, so it is
 * fetched first; the rest is a search by vector without the document itself. Documents without a
 * vector are not similar to any, but a search lists them last, and the total counts them. This
 * route knows no ranking rules, which a search does: its list is put in the order of similarity.
 */
public final class SimilarCall {
    /** Hits that nodes are asked for, at least, where their lists are not those of similarity. */
    static final int DEPTH_MIN = 1_000;

    private static final String SHOW_SCORE = "showRankingScore";
    private static final String THRESHOLD = "rankingScoreThreshold";

    private final ObjectNode client;
    private final IndexProfile index;

    private SimilarCall(ObjectNode client, IndexProfile index) {
        this.client = client;
        this.index = index;
    }

    /** A request for similar documents with the client's body, which must be valid. */
    public static SimilarCall of(ObjectNode client, IndexProfile index) {
        return new SimilarCall(client, index);
    }

    /**
     * Checks what a body that is valid by its shape asks of an index, in Meilisearch's order.
     *
     * @param embedders the index's
     */
    public static void check(ObjectNode body, JsonNode embedders) {
        checkEmbedder(body, embedders);
        ReservedFields.refuse(body, ErrorCode.INVALID_SIMILAR_FILTER);
        FilterInput.parse(body.get("filter"), ErrorCode.INVALID_SIMILAR_FILTER);
        SimilarRequest.checkId(body.path("id"));
    }

    /** Throws if there is no such embedder. */
    public static void checkEmbedder(ObjectNode body, JsonNode embedders) {
        String name = body.path("embedder").asString("");
        if (!embedders.has(name)) {
            throw new ApiException(
                    ErrorCode.INVALID_SIMILAR_EMBEDDER,
                    "Cannot find embedder with name `" + name + "`.");
        }
    }

    /** The key of the document, as text: it tells the shard to fetch it from. */
    public String documentId() {
        JsonNode id = client.path("id");
        return id.isString() ? id.asString() : id.toString();
    }

    /**
     * Asks a node's documents for the one with its vectors.
     *
     * @param rule what the document must match; null for nothing
     */
    public ObjectNode fetchRequest(@Nullable JsonNode rule) {
        ObjectNode fetch = JsonNodeFactory.instance.objectNode();
        fetch.putArray("ids").add(documentId());
        fetch.put("retrieveVectors", true);
        if (rule != null) {
            fetch.set("filter", NodesFilter.of(rule, index.filterable()));
        }
        return fetch;
    }

    /**
     * The search by vector.
     *
     * @param document the fetched document, with its vectors; has none if there is nothing to
     *     compare with
     */
    public WithVector withVector(ObjectNode document) {
        JsonNode embeddings =
                document.path("_vectors")
                        .path(client.path("embedder").asString(""))
                        .path("embeddings");
        // One vector may be given bare, several as a list of lists.
        JsonNode vector = embeddings.path(0).isArray() ? embeddings.path(0) : embeddings;
        ObjectNode asked = NodeFilter.spelledOut(client, index.filterable());
        ObjectNode search = JsonNodeFactory.instance.objectNode();
        for (String field :
                List.of(
                        "attributesToRetrieve",
                        "retrieveVectors",
                        "showRankingScoreDetails",
                        PerformanceDetails.ASKED,
                        "filter",
                        "offset",
                        "limit")) {
            JsonNode value = asked.get(field);
            if (value != null && !value.isNull()) {
                search.set(field, value);
            }
        }
        // Nodes that cut their own lists would count what they have cut.
        search.put(SHOW_SCORE, true);
        NodeFilter.add(search, notThis(document));
        if (vector.isEmpty()) {
            // Nothing to compare with: only the total is asked.
            search.put("offset", 0).put("limit", 0);
        } else {
            search.set("vector", vector);
            search.putObject("hybrid")
                    .put("embedder", client.path("embedder").asString(""))
                    .put("semanticRatio", 1.0);
        }
        if (index.distinct() != null) {
            // This route shows documents with the same value: that of no two is the same.
            search.put("distinct", Separators.SEQ_FIELD);
        }
        if (sortsFirst() && !vector.isEmpty()) {
            // The most similar may stand anywhere in the nodes' lists.
            int depth = Math.max(DEPTH_MIN, Paging.of(client).end(index.totalHitsMax()));
            search.put("offset", 0).put("limit", Math.min(depth, index.totalHitsMax()));
        }
        return new WithVector(SearchCall.ofOurs(search, index), this);
    }

    /** Whether nodes sort by an attribute before they compare vectors. */
    private boolean sortsFirst() {
        return index.rankingRules().stream()
                .filter(rule -> rule != RankingRule.Builtin.SORT)
                .findFirst()
                .filter(RankingRule.ByField.class::isInstance)
                .isPresent();
    }

    /** A node's refusal of the search, as this route words it. */
    public ApiException refusal(ApiException ofSearch) {
        String prefix = "Index `" + index.uid() + "`: ";
        String text = ofSearch.text();
        text = text.startsWith(prefix) ? text.substring(prefix.length()) : text;
        boolean ofFilter = ofSearch.code() == ErrorCode.INVALID_SEARCH_FILTER;
        return new ApiException(
                ofFilter ? ErrorCode.INVALID_SIMILAR_FILTER : ofSearch.code(),
                ofFilter ? asWritten(text) : text,
                ofSearch.status());
    }

    /** A filter that came as one text is shown as it was written; nodes were sent a list. */
    private String asWritten(String text) {
        JsonNode asked = client.path("filter");
        Filter filter =
                asked.isString()
                        ? FilterInput.parse(asked, ErrorCode.INVALID_SIMILAR_FILTER)
                        : null;
        return filter == null ? text : FilterRefusal.asWritten(filter, text);
    }

    private String notThis(ObjectNode document) {
        JsonNode seq = document.path(Separators.SEQ_FIELD);
        // The sequence is always filterable; the primary key only if the client made it so.
        return seq.isString()
                ? Separators.SEQ_FIELD + " != \"" + seq.asString() + "\""
                : index.primaryKey() + " != " + documentId();
    }

    /** The search by vector, and the answer made of it. */
    public static final class WithVector {
        private final SearchCall search;
        private final SimilarCall asked;
        private final ObjectNode client;

        private record Row(ObjectNode hit, Ranked ranked) {}

        private WithVector(SearchCall search, SimilarCall asked) {
            this.search = search;
            this.asked = asked;
            this.client = asked.client;
        }

        /**
         * What a node is asked, on its search route.
         *
         * @param only the shards to search, or null if the node holds no other
         */
        public ObjectNode nodeRequest(@Nullable ShardSet only) {
            return search.nodeRequest(only);
        }

        /** The client's answer. */
        public ObjectNode merge(List<ObjectNode> answers) {
            answers.forEach(WithVector::putInOrder);
            ObjectNode found = search.merge(answers);
            ArrayNode hits = page((ArrayNode) found.path("hits"));
            long total = cut(hits, found.path("estimatedTotalHits").asLong());
            if (!client.path(SHOW_SCORE).asBoolean(false)) {
                hits.forEach(hit -> ((ObjectNode) hit).remove(ScoreDetails.SCORE_FIELD));
            }
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.set("hits", hits);
            answer.put("id", asked.documentId());
            answer.set("processingTimeMs", found.path("processingTimeMs"));
            answer.put("limit", client.path("limit").asLong(Paging.LIMIT_DEFAULT));
            answer.put("offset", offset());
            // Unlike a search, this route counts no further than a client may page.
            answer.put("estimatedTotalHits", Math.min(total, asked.index.totalHitsMax()));
            PerformanceDetails.merge(List.of(found), answer);
            return answer;
        }

        /**
         * Ends the page before the first hit that is not similar enough.
         *
         * @param all how many documents there are
         * @return how many are counted: as on one server, which looks no further than the page, all
         *     where no hit of it fails, else those that go before
         */
        private long cut(ArrayNode hits, long all) {
            JsonNode threshold = client.path(THRESHOLD);
            for (int i = 0; threshold.isNumber() && i < hits.size(); i++) {
                double score = hits.path(i).path(ScoreDetails.SCORE_FIELD).asDouble(0);
                if (score < threshold.asDouble()) {
                    while (hits.size() > i) {
                        hits.remove(hits.size() - 1);
                    }
                    return offset() + i;
                }
            }
            return all;
        }

        private long offset() {
            return client.path("offset").asLong(0);
        }

        /** The client's page of a list that was asked for from its beginning. */
        private ArrayNode page(ArrayNode hits) {
            if (!asked.sortsFirst()) {
                return hits;
            }
            ArrayNode page = JsonNodeFactory.instance.arrayNode();
            hits.valueStream()
                    .skip(offset())
                    .limit(client.path("limit").asLong(Paging.LIMIT_DEFAULT))
                    .forEach(page::add);
            return page;
        }

        /** Leaves out what can't be compared, and what the index's rules say of the rest. */
        private static void putInOrder(ObjectNode answer) {
            if (answer.get("hits") instanceof ArrayNode hits) {
                List<Row> rows =
                        hits.valueStream()
                                .filter(ScoreDetails::hasSimilarity)
                                .map(hit -> row((ObjectNode) hit))
                                .sorted(Comparator.comparing(Row::ranked, RuleOrder.WITH_TIES))
                                .toList();
                hits.removeAll();
                rows.forEach(row -> hits.add(row.hit));
            }
        }

        private static Row row(ObjectNode hit) {
            ScoreDetails.keepSimilarity(hit);
            return new Row(hit, ScoreDetails.read(hit));
        }
    }
}
