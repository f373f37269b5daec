package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetSum;
import io.miroir.core.topology.ShardSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One search for values of a facet. */
public final class FacetSearchCall {
    private final ObjectNode client;
    private final IndexProfile index;

    private FacetSearchCall(ObjectNode client, IndexProfile index) {
        this.client = client;
        this.index = index;
    }

    /** A facet search with the client's body, which must be valid. */
    public static FacetSearchCall of(ObjectNode client, IndexProfile index) {
        return new FacetSearchCall(NodeFilter.spelledOut(client, index.filterable()), index);
    }

    /**
     * What a node is asked.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.setAll(client);
        NodeFilter.restrict(request, only);
        return request;
    }

    /** The client's answer: values summed over the nodes, then cut. */
    public ObjectNode merge(List<ObjectNode> answers) {
        FacetSum sum = new FacetSum();
        for (ObjectNode answer : answers) {
            for (JsonNode hit : answer.path("facetHits")) {
                sum.add(hit.path("value").asString(""), hit.path("count").asLong());
            }
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode hits = answer.putArray("facetHits");
        JsonNode query = client.path("facetQuery");
        sum.found(
                        index.facetOrder(client.path("facetName").asString("")),
                        query.isString(),
                        index.facetValuesMax())
                .forEach(
                        (value, count) -> hits.addObject().put("value", value).put("count", count));
        answer.put("facetQuery", query.isString() ? query.asString() : null);
        answer.put("processingTimeMs", Answers.processingTimeMillis(answers));
        return answer;
    }
}
