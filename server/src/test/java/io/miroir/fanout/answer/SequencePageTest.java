package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class SequencePageTest {
    /** Three nodes that hold documents unevenly: each comes once, in the order of all. */
    @Test
    void aWalkMeetsEachDocumentOnceInOrder() {
        List<List<Integer>> nodes =
                List.of(List.of(1, 2, 3, 4, 5, 6), List.of(7), List.of(0, 8, 9, 10, 11));
        List<Integer> met = new ArrayList<>();
        String after = null;
        int pages = 0;
        do {
            String from = after;
            SequencePage page =
                    SequencePage.of(nodes.stream().map(held -> answer(held, from, 2)).toList(), 2);
            page.documents().forEach(document -> met.add(document.path("id").asInt()));
            after = page.next();
            pages++;
        } while (after != null);
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), met);
        assertEquals(6, pages);
    }

    @Test
    void nothingHeldIsTheEnd() {
        SequencePage page = SequencePage.of(List.of(answer(List.of(), null, 2)), 2);
        assertEquals(List.of(), page.documents());
        assertNull(page.next());
    }

    @Test
    void documentsAreTheClientsWithTheirVectors() {
        ObjectNode answer = answer(List.of(1, 2), null, 3);
        ((ObjectNode) answer.path("results").get(0)).putObject("_vectors").putObject("manual");
        ((ObjectNode) answer.path("results").get(1)).putObject("_vectors");
        List<ObjectNode> documents = SequencePage.of(List.of(answer), 3).documents();
        assertEquals("{\"id\":1,\"_vectors\":{\"manual\":{}}}", Json.text(documents.get(0)));
        assertEquals("{\"id\":2}", Json.text(documents.get(1)));
    }

    @Test
    void aNodeIsAskedForItsShardsBehindAPlace() {
        assertEquals(
                Json.parse(
                        """
                        {"limit": 5, "retrieveVectors": true, "sort": ["_miroir_seq:asc"],
                         "filter": ["_miroir_shard IN [\\"---------------_\\"]",
                                    "_miroir_seq > \\"-_\\""]}
                        """),
                SequencePage.nodeRequest("-_", 5, null, ShardSet.of(1)));
        assertEquals(
                Json.parse(
                        """
                        {"limit": 5, "retrieveVectors": true, "sort": ["_miroir_seq:asc"]}
                        """),
                SequencePage.nodeRequest(null, 5, null, null));
    }

    private static ObjectNode answer(List<Integer> held, @Nullable String after, int limit) {
        ObjectNode answer = Json.object();
        ArrayNode results = answer.putArray("results");
        new TreeSet<>(held)
                .stream()
                        .filter(id -> after == null || Separators.seq(id).compareTo(after) > 0)
                        .limit(limit)
                        .forEach(
                                id ->
                                        results.addObject()
                                                .put(Separators.SEQ_FIELD, Separators.seq(id))
                                                .put("id", id));
        return answer;
    }
}
