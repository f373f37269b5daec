package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class DocumentsCallTest {
    /** Shows: pages over nodes are those of one list in the order of insertion. */
    @Test
    void pagesInTheOrderOfInsertion() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            List<List<ObjectNode>> nodes = List.of(new ArrayList<>(), new ArrayList<>());
            int documents = random.nextInt(60);
            for (int i = 0; i < documents; i++) {
                nodes.get(random.nextInt(2)).add(document(i, i));
            }
            int offset = random.nextInt(40);
            int limit = random.nextInt(30);
            DocumentsCall call =
                    DocumentsCall.of(
                            Json.object().put("offset", offset).put("limit", limit), List.of());
            int asked = call.nodeRequest(null).path("limit").asInt();
            ObjectNode answer = call.merge(nodes.stream().map(n -> answer(n, asked)).toList());
            ArrayNode expected = Json.array();
            for (int i = offset; i < Math.min(offset + limit, documents); i++) {
                expected.addObject().put("id", i).put("v", i);
            }
            assertEquals(expected, answer.get("results"), "seed " + seed);
            assertEquals(documents, answer.path("total").asInt());
            assertEquals(offset, answer.path("offset").asInt());
        }
    }

    /**
     * Shows: a client's sort goes first, by values read from documents, and needs no such field.
     */
    @Test
    void sortsByValues() {
        DocumentsCall call =
                DocumentsCall.of(
                        Json.parseObject("{\"sort\":[\"v:desc\"],\"fields\":[\"id\"]}"), List.of());
        assertEquals(
                Json.parse(
                        """
                        {"offset":0,"limit":20,"sort":["v:desc","_miroir_seq:asc"],
                         "fields":["id","v","_miroir_seq"]}
                        """),
                Json.parse(Json.text(call.nodeRequest(null))));
        List<ObjectNode> first = List.of(document(1, 9), document(2, "b"), document(5, "A"));
        List<ObjectNode> second = List.of(document(3, 10), document(4, 9), document(6, "B"));
        ObjectNode answer = call.merge(List.of(answer(first, 20), answer(second, 20)));
        assertEquals(
                Json.parse("[{\"id\":3},{\"id\":1},{\"id\":4},{\"id\":2},{\"id\":6},{\"id\":5}]"),
                answer.get("results"));
    }

    /** Shows: of what is asked for the sort's sake nothing is left, not even what was around it. */
    @Test
    void whatIsSortedByIsTakenAwayWithWhatIsAroundIt() {
        String document = "{\"o\":{\"l\":[{\"k\":1,\"x\":2},{\"k\":3}]},\"_miroir_seq\":\"1\"}";
        assertEquals("{}", sortedInside("[\"id\"]", "{\"o\":{\"l\":[{\"k\":1},{\"k\":3}]}}"));
        assertEquals("{\"o\":{\"l\":[{\"x\":2},{}]}}", sortedInside("[\"o.l.x\"]", document));
        assertEquals(
                "{\"o\":{\"a\":5}}",
                sortedInside("[\"o.a\"]", "{\"o\":{\"a\":5,\"l\":[{\"k\":1}]}}"));
    }

    private static String sortedInside(String fields, String document) {
        DocumentsCall call =
                DocumentsCall.of(
                        Json.parseObject("{\"sort\":[\"o.l.k:asc\"],\"fields\":" + fields + "}"),
                        List.of());
        ObjectNode answer = call.merge(List.of(answer(List.of(Json.parseObject(document)), 1)));
        return Json.text(answer.path("results").path(0));
    }

    /**
     * Shows: a document that has numbers and texts is listed twice, by both, as one server does it;
     * minus zero is kept after zero.
     */
    @Test
    void sortsByValuesOfTwoKinds() {
        DocumentsCall call =
                DocumentsCall.of(Json.parseObject("{\"sort\":[\"v:asc\"]}"), List.of());
        ObjectNode both = document(1, 2);
        both.putArray("v").add(2).add("z").add("b");
        List<ObjectNode> first = List.of(document(5, 0.0), both, document(3, "a"), both.deepCopy());
        List<ObjectNode> second =
                List.of(document(2, -0.0), document(4, 1), document(6, 3), document(7, "c"));
        ObjectNode answer = call.merge(List.of(answer(first, 20), answer(second, 20)));
        assertEquals(
                List.of(5, 2, 4, 1, 6, 3, 1, 7),
                answer.path("results").valueStream().map(d -> d.path("id").asInt()).toList());
    }

    /** Shows: statistics count each document once and no reserved field (protocol, rule 10). */
    @Test
    void sumsStatistics() {
        ObjectNode node =
                Json.parseObject(
                        """
                        {"numberOfDocuments":4,"rawDocumentDbSize":100,"avgDocumentSize":10,
                         "isIndexing":true,"numberOfEmbeddings":2,"numberOfEmbeddedDocuments":2,
                         "fieldDistribution":{"_miroir_seq":4,"id":4,"a":2}}
                        """);
        JsonNode sum = StatsAnswer.sum(List.of(node, node, node.deepCopy()), 2);
        assertEquals(
                Json.parse(
                        """
                        {"numberOfDocuments":6,"rawDocumentDbSize":150,"avgDocumentSize":10,
                         "isIndexing":true,"numberOfEmbeddings":3,"numberOfEmbeddedDocuments":3,
                         "fieldDistribution":{"a":3,"id":6}}
                        """),
                Json.parse(Json.text(sum)));
    }

    private static ObjectNode document(int id, Object value) {
        ObjectNode document = Json.object().put("id", id);
        switch (value) {
            case Integer number -> document.put("v", number);
            case Double number -> document.put("v", number);
            default -> document.put("v", value.toString());
        }
        return document.put("_miroir_shard", "-").put("_miroir_seq", Separators.seq(id));
    }

    private static ObjectNode answer(List<ObjectNode> documents, int limit) {
        ObjectNode answer = Json.object();
        ArrayNode results = answer.putArray("results");
        documents.stream().limit(limit).forEach(results::add);
        return answer.put("total", documents.size());
    }
}
