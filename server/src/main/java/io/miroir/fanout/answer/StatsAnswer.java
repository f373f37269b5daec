package io.miroir.fanout.answer;

import io.miroir.core.merge.Utf8Order;
import io.miroir.core.routing.Separators;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The statistics of one index from those of its nodes. */
public final class StatsAnswer {
    private static final List<String> COUNTS =
            List.of(
                    "numberOfDocuments",
                    "rawDocumentDbSize",
                    "numberOfEmbeddings",
                    "numberOfEmbeddedDocuments");

    private static final String FIELDS = "fieldDistribution";
    private static final String INTERNAL_SIZES = "internalDatabaseSizes";

    private StatsAnswer() {}

    /**
     * The sum over one group, in which each shard is counted once (protocol, rule 10).
     *
     * @param answers of all nodes of one group
     * @param copies on how many of them each document is, at least 1
     */
    public static ObjectNode sum(List<ObjectNode> answers, int copies) {
        ObjectNode sum = JsonNodeFactory.instance.objectNode();
        COUNTS.forEach(count -> sum.put(count, total(answers, count) / copies));
        long documents = sum.path("numberOfDocuments").asLong();
        long averageTotal = 0;
        boolean indexing = false;
        Map<String, Long> fields = new TreeMap<>(Utf8Order.ASCENDING);
        for (ObjectNode answer : answers) {
            indexing |= answer.path("isIndexing").asBoolean(false);
            averageTotal +=
                    answer.path("avgDocumentSize").asLong(0)
                            * answer.path("numberOfDocuments").asLong(0);
            for (Map.Entry<String, JsonNode> field : answer.path(FIELDS).properties()) {
                if (!Separators.isReserved(field.getKey())) {
                    fields.merge(field.getKey(), field.getValue().asLong(), Long::sum);
                }
            }
        }
        sum.put("avgDocumentSize", documents == 0 ? 0 : averageTotal / copies / documents);
        sum.put("isIndexing", indexing);
        sumInternalSizes(answers, sum);
        ObjectNode distribution = sum.putObject(FIELDS);
        fields.forEach((field, count) -> distribution.put(field, count / copies));
        return sum;
    }

    /**
     * A part of what a node tells, as of some of its shards.
     *
     * @param share from 0 to 1
     */
    public static ObjectNode share(ObjectNode answer, double share) {
        ObjectNode part = answer.deepCopy();
        COUNTS.forEach(count -> part.put(count, Math.round(share * answer.path(count).asLong(0))));
        ObjectNode fields = part.putObject(FIELDS);
        answer.path(FIELDS)
                .properties()
                .forEach(
                        field ->
                                fields.put(
                                        field.getKey(),
                                        Math.round(share * field.getValue().asLong(0))));
        return part;
    }

    /** Each copy takes room: these are the bytes on all nodes. */
    private static void sumInternalSizes(List<ObjectNode> answers, ObjectNode sum) {
        for (ObjectNode answer : answers) {
            for (Map.Entry<String, JsonNode> size : answer.path(INTERNAL_SIZES).properties()) {
                ObjectNode sizes = sum.withObject("/" + INTERNAL_SIZES);
                long before = sizes.path(size.getKey()).asLong(0);
                sizes.put(size.getKey(), before + size.getValue().asLong(0));
            }
        }
    }

    private static long total(List<ObjectNode> answers, String count) {
        return answers.stream().mapToLong(answer -> answer.path(count).asLong(0)).sum();
    }
}
