package io.miroir.fanout.read;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sums what nodes count of an index. */
final class IndexStats {
    private static final List<String> SUMS =
            List.of(
                    "numberOfDocuments",
                    "rawDocumentDbSize",
                    "numberOfEmbeddings",
                    "numberOfEmbeddedDocuments");

    private IndexStats() {}

    /**
     * The sum of a group's nodes.
     *
     * @param copies how many of these nodes have each document
     */
    static ObjectNode sum(List<ObjectNode> answers, int copies) {
        ObjectNode sum = Json.object();
        boolean indexing = false;
        Map<String, Long> fields = new TreeMap<>();
        for (String name : SUMS) {
            sum.put(name, answers.stream().mapToLong(a -> a.path(name).asLong(0)).sum() / copies);
        }
        for (ObjectNode answer : answers) {
            indexing |= answer.path("isIndexing").asBoolean(false);
            for (Map.Entry<String, JsonNode> field :
                    answer.path("fieldDistribution").properties()) {
                if (!Separators.isReserved(field.getKey())) {
                    fields.merge(field.getKey(), field.getValue().asLong(0), Long::sum);
                }
            }
        }
        long documents = sum.path("numberOfDocuments").asLong(0);
        sum.put(
                "avgDocumentSize",
                documents == 0 ? 0 : sum.path("rawDocumentDbSize").asLong(0) / documents);
        sum.put("isIndexing", indexing);
        ObjectNode distribution = sum.putObject("fieldDistribution");
        fields.forEach((name, count) -> distribution.put(name, count / copies));
        return sum;
    }
}
