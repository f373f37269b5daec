package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.demo.ExampleSearch;
import io.miroir.cli.demo.Loader;
import io.miroir.cli.demo.UnicodeDocuments;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a client sees of three pods and four nodes while nothing is broken. */
@Tag("cluster")
class SearchAndWriteTest {
    private static final int CHARACTERS = 3_000;

    @TempDir static Path dir;
    private static TestCluster cluster;
    private static UnicodeDocuments characters;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.start(dir, FleetShape.DEFAULT);
        characters = new UnicodeDocuments(CHARACTERS);
        new Loader(cluster.api(), System::nanoTime, "load", (sent, since) -> {}).load(characters);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void everyPodFindsTheSame() {
        for (ExampleSearch example : characters.examples()) {
            ApiCall search = ApiCall.search("/indexes/unicode/search", example.body());
            List<JsonNode> found = new ArrayList<>();
            for (FleetPod pod : cluster.fleet().pods()) {
                ApiAnswer answer = cluster.at(pod, search);
                assertEquals(200, answer.status(), answer.toString());
                ObjectNode body = (ObjectNode) answer.json();
                body.remove(List.of("processingTimeMs", "requestUid"));
                found.add(body);
            }
            assertEquals(found.get(0), found.get(1), example.shows());
            assertEquals(found.get(0), found.get(2), example.shows());
        }
        assertEquals(CHARACTERS, cluster.documents("unicode"));
    }

    @Test
    void searchesFilterSortAndCountOverAllShards() {
        ObjectNode body = Json.object().put("q", "").put("limit", 4);
        body.put("filter", "script = Greek AND category = 'Uppercase Letter'");
        body.putArray("sort").add("id:desc");
        body.putArray("facets").add("category");
        JsonNode answer = cluster.api().call(ApiCall.search("/indexes/unicode/search", body));
        List<Integer> ids =
                answer.path("hits").valueStream().map(hit -> hit.path("id").asInt()).toList();
        List<Integer> expected = new ArrayList<>();
        int capitals = 0;
        for (int c = lastId(); c >= 0; c--) {
            if (Character.UnicodeScript.of(c) == Character.UnicodeScript.GREEK
                    && Character.getType(c) == Character.UPPERCASE_LETTER) {
                capitals++;
                if (expected.size() < 4) {
                    expected.add(c);
                }
            }
        }
        assertEquals(expected, ids);
        assertEquals(
                capitals,
                answer.path("facetDistribution").path("category").path("Uppercase Letter").asInt());
        assertFalse(answer.toString().contains("_miroir"), "fields of Miroir's own never leak");
    }

    /** Design, promise 1: a document written through one pod is read through any. */
    @Test
    void aWriteThroughAnyPodIsReadThroughEveryPod() {
        cluster.createIndex("shared", Json.object());
        int id = 0;
        for (FleetPod pod : cluster.fleet().pods()) {
            ArrayNode documents = Json.array();
            for (int i = 0; i < 40; i++) {
                documents.addObject().put("id", id++).put("by", pod.id());
            }
            ApiAnswer accepted = cluster.at(pod, ApiCall.documents("shared", Json.text(documents)));
            assertEquals(202, accepted.status(), accepted.toString());
            cluster.api().awaitTask(accepted.json().path("taskUid").asLong());
        }
        for (FleetPod pod : cluster.fleet().pods()) {
            for (int read : new int[] {0, 39, 40, 79, 80, 119}) {
                ApiAnswer document =
                        cluster.at(pod, ApiCall.get("/indexes/shared/documents/" + read));
                assertEquals(200, document.status(), document.toString());
                assertEquals("pod-" + read / 40, document.json().path("by").asString(""));
            }
        }
        assertEquals(120, cluster.documents("shared"));
    }

    @Test
    void anUpdateAndADeleteAreSeenThroughEveryPod() {
        cluster.createIndex("changing", Json.object());
        String two = "[{\"id\":1,\"a\":1},{\"id\":2,\"a\":1}]";
        cluster.api().change(ApiCall.documents("changing", two));
        ApiCall partial =
                ApiCall.change(
                        "PUT", "/indexes/changing/documents", Json.parse("[{\"id\":1,\"b\":2}]"));
        cluster.api().change(partial);
        cluster.api().change(ApiCall.delete("/indexes/changing/documents/2"));
        for (FleetPod pod : cluster.fleet().pods()) {
            ApiAnswer kept = cluster.at(pod, ApiCall.get("/indexes/changing/documents/1"));
            assertEquals("{\"id\":1,\"a\":1,\"b\":2}", kept.text());
            ApiAnswer gone = cluster.at(pod, ApiCall.get("/indexes/changing/documents/2"));
            assertEquals(404, gone.status(), gone.toString());
            assertEquals("document_not_found", gone.json().path("code").asString(""));
        }
    }

    @Test
    void theSameIdempotencyKeyIsTheSameTaskOnAnyPod() {
        ApiCall write = ApiCall.documents("once", "[{\"id\":1}]").withIdempotencyKey("only-once");
        List<JsonNode> tasks = new ArrayList<>();
        for (FleetPod pod : cluster.fleet().pods()) {
            tasks.add(cluster.at(pod, write).json().path("taskUid"));
        }
        assertTrue(tasks.getFirst().isIntegralNumber(), tasks.toString());
        assertEquals(tasks.get(0), tasks.get(1));
        assertEquals(tasks.get(0), tasks.get(2));
        ApiAnswer reused =
                cluster.at(
                        cluster.fleet().pods().getFirst(),
                        ApiCall.documents("once", "[{\"id\":2}]").withIdempotencyKey("only-once"));
        assertEquals(409, reused.status(), reused.toString());
    }

    @Test
    void documentsAreSpreadOverTheNodesOfAGroupAndHeldByEachGroup() {
        long[] perGroup = new long[2];
        cluster.status()
                .documentsPerNode()
                .forEach(
                        (node, documents) -> {
                            assertNotEquals(0L, documents, node.id());
                            perGroup[node.group()] += documents;
                        });
        assertEquals(perGroup[0], perGroup[1]);
        assertTrue(perGroup[0] >= CHARACTERS);
    }

    private static int lastId() {
        ObjectNode last = Json.object().put("limit", 1);
        last.putArray("sort").add("id:desc");
        return cluster.api()
                .call(ApiCall.search("/indexes/unicode/search", last))
                .path("hits")
                .path(0)
                .path("id")
                .asInt();
    }
}
