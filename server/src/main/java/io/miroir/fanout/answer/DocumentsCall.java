package io.miroir.fanout.answer;

import io.miroir.api.settings.FilterableRule;
import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.RankValue;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list of documents, by the fetch route. One node lists in the order of insertion: nodes are
 * asked to sort by sequence, after what the client sorts by. There are no score details on this
 * route, so the values are read from the documents. Displayed attributes don't matter here, as in
 * the original.
 */
public final class DocumentsCall {
    private static final String FIELDS = "fields";
    private static final String SORT = "sort";

    private final ObjectNode client;
    private final Paging paging;
    private final List<DocumentSort> sorts;
    private final @Nullable List<String> fields;
    private final List<String> added;

    private record Row(ObjectNode document, Ranked ranked) {}

    private DocumentsCall(ObjectNode client, List<DocumentSort> sorts) {
        this.client = client;
        this.paging =
                new Paging(
                        false,
                        client.path("offset").asLong(0),
                        client.path("limit").asLong(Paging.LIMIT_DEFAULT));
        this.sorts = sorts;
        JsonNode asked = client.path(FIELDS);
        List<String> names = asked.isArray() ? Attributes.names(asked) : List.of("*");
        this.fields = names.contains("*") ? null : names;
        this.added = new ArrayList<>();
        if (fields != null) {
            for (DocumentSort sort : sorts) {
                if (!Attributes.covers(fields, sort.attribute())) {
                    added.add(sort.attribute());
                }
            }
        }
    }

    /**
     * A list of documents.
     *
     * @param client the body of the fetch route, which must be valid
     * @param filterable what may be filtered
     */
    public static DocumentsCall of(ObjectNode client, List<FilterableRule> filterable) {
        List<DocumentSort> sorts =
                client.path(SORT).valueStream().map(s -> DocumentSort.of(s.asString(""))).toList();
        return new DocumentsCall(NodeFilter.spelledOut(client, filterable), sorts);
    }

    /**
     * What a node is asked, on its fetch route.
     *
     * @param only the shards to list, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.setAll(client);
        paging.writeNodeRequest(request, Integer.MAX_VALUE);
        ArrayNode sort = request.putArray(SORT);
        client.path(SORT).forEach(sort::add);
        sort.add(ScoreDetails.TIE_RULE);
        if (fields != null) {
            ArrayNode asked = request.putArray(FIELDS);
            fields.forEach(asked::add);
            added.forEach(asked::add);
            asked.add(Separators.SEQ_FIELD);
        }
        NodeFilter.restrict(request, only);
        return request;
    }

    /** The client's answer. Takes the answers apart: they can't be used afterwards. */
    public ObjectNode merge(List<ObjectNode> answers) {
        List<Iterator<Row>> sources = new ArrayList<>(answers.size());
        long total = 0;
        for (ObjectNode answer : answers) {
            total += answer.path("total").asLong(0);
            Map<String, Integer> listed = new HashMap<>();
            sources.add(
                    answer.path("results").valueStream().map(row -> row(row, listed)).iterator());
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode results = answer.putArray("results");
        List<Row> merged =
                KWayMerge.take(
                        new KWayMerge<>(
                                sources, Comparator.comparing(Row::ranked, RuleOrder.WITH_TIES)),
                        paging.end(Integer.MAX_VALUE));
        for (Row row :
                merged.subList(
                        Math.min(paging.begin(Integer.MAX_VALUE), merged.size()), merged.size())) {
            if (fields != null) {
                added.forEach(a -> Attributes.removeBeyond(fields, row.document, a));
            }
            ReservedFields.strip(row.document);
            results.add(row.document);
        }
        return answer.put("offset", paging.first()).put("limit", paging.size()).put("total", total);
    }

    /**
     * A row of a node's list.
     *
     * @param listed how often the list had each document before
     */
    private Row row(JsonNode json, Map<String, Integer> listed) {
        ObjectNode document = (ObjectNode) json;
        String seq = document.path(Separators.SEQ_FIELD).asString(null);
        int before = seq == null ? 0 : listed.merge(seq, 1, Integer::sum) - 1;
        return new Row(document, new Ranked(0, ranks(document, before), 0, List.of(), seq));
    }

    /**
     * By what a document is listed. A node lists it anew for each kind of value that it is sorted
     * by; the last sort changes its kind first.
     */
    private List<RankValue> ranks(ObjectNode document, int before) {
        List<RankValue> ranks = new ArrayList<>(sorts.size());
        int left = before;
        for (DocumentSort sort : sorts.reversed()) {
            List<RankValue> kinds = sort.ranks(document);
            ranks.addFirst(kinds.get(left % kinds.size()));
            left /= kinds.size();
        }
        return ranks;
    }
}
