package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One pod over two groups of two nodes: documents and searches travel through all layers. */
class OnePodTest {
    @TempDir static Path directory;

    private static TestNodes nodes;
    private static TestPod pod;
    private static HttpCalls client;

    @BeforeAll
    static void start() {
        nodes = new TestNodes(directory, 2, 2);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
    }

    @AfterAll
    static void stop() {
        pod.close();
        nodes.close();
    }

    @Test
    void aDocumentIsWrittenFoundChangedAndDeleted() {
        JsonNode task =
                client.done(
                        "POST",
                        "/indexes/movies/documents",
                        """
                        [{"id": 1, "title": "Carol"}, {"id": 2, "title": "Wonder Woman"},
                         {"id": 3, "title": "Life of Pi", "year": 2012}]
                        """);
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(3, task.path("details").path("indexedDocuments").asInt(), task::toString);

        JsonNode found =
                client.call("POST", "/indexes/movies/search", "{\"q\": \"wonder\"}").body();
        assertEquals(1, found.path("hits").size(), found::toString);
        assertEquals("{\"id\":2,\"title\":\"Wonder Woman\"}", found.path("hits").get(0).toString());
        assertEquals(3, client.call("GET", "/indexes/movies/search").body().path("hits").size());

        JsonNode pi = client.call("GET", "/indexes/movies/documents/3").body();
        assertEquals("{\"id\":3,\"title\":\"Life of Pi\",\"year\":2012}", pi.toString());

        client.done("PUT", "/indexes/movies/documents", "[{\"id\": 3, \"year\": 2013}]");
        JsonNode changed = client.call("GET", "/indexes/movies/documents/3").body();
        assertEquals(2013, changed.path("year").asInt(), changed::toString);
        assertEquals("Life of Pi", changed.path("title").asString(), changed::toString);

        JsonNode gone = client.done("DELETE", "/indexes/movies/documents/1", "");
        assertEquals(1, gone.path("details").path("deletedDocuments").asInt(), gone::toString);
        assertEquals(404, client.call("GET", "/indexes/movies/documents/1").status());
        JsonNode stats = client.call("GET", "/indexes/movies/stats").body();
        assertEquals(2, stats.path("numberOfDocuments").asInt(), stats::toString);
        assertTrue(stats.path("fieldDistribution").path("_miroir_shard").isMissingNode());
    }
}
