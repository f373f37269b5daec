package io.miroir.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tasks that are larger than the heap of the node that applies them. */
@Tag("cluster")
class NodeHeapTest {
    private static final int HEAP_MEGABYTES = 128;

    @TempDir private Path directory = Path.of("");
    private NodeProcess node;
    private NodeClient client;

    @BeforeEach
    void start() throws IOException {
        node = NodeProcess.start(directory, HEAP_MEGABYTES);
        client = new NodeClient(node.port());
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
    }

    /** A hundred thousand small documents in one task; then many of them are changed by another. */
    @Test
    @Tag("nightly")
    void aHundredThousandSmallDocuments() throws Exception {
        int count = 100_000;
        String documents = small(count, "");
        assertEquals(count, indexed("POST", "/indexes/small/documents", documents));
        int changed = 30_000;
        String titles = small(changed, "changed").replace("\"text\"", "\"other\"");
        assertEquals(changed, indexed("PUT", "/indexes/small/documents", titles));

        assertEquals(count, documents("small"));
        JsonNode one = client.get("/indexes/small/documents/29999");
        assertEquals("changed title 29999", one.get("title").stringValue());
        assertTrue(one.has("text") && one.has("other"), one::toString);
    }

    /** The body alone is nearly half of the heap. */
    @Test
    @Tag("nightly")
    void aBodyOfFiftyMegabytes() throws Exception {
        int bytes = 50 << 20;
        Random random = new Random(1);
        StringBuilder body = new StringBuilder(bytes + 1_000).append("[{\"id\":0}");
        int count = 1;
        for (; body.length() < bytes; count++) {
            body.append(",{\"id\":").append(count).append(",\"text\":\"");
            for (int word = 0; word < 120; word++) {
                body.append("w").append(random.nextInt(5_000)).append(' ');
            }
            body.append("\"}");
        }
        assertEquals(
                count, indexed("POST", "/indexes/large/documents", body.append(']').toString()));
        assertEquals(count, documents("large"));
        JsonNode found = client.get("/indexes/large/search?q=w17%20w4711");
        assertTrue(found.get("hits").size() > 0, found::toString);
    }

    /** The last of many documents is bad: the whole task fails and leaves nothing. */
    @Test
    void aLargeTaskThatFailsHasNoEffect() throws Exception {
        client.done("POST", "/indexes/bad/documents", "[{\"id\":1,\"title\":\"before\"}]");
        client.done(
                "PATCH",
                "/indexes/bad/settings",
                "{\"filterableAttributes\":[\"_geo\",\"title\"]}");
        for (String last :
                new String[] {
                    "{\"id\":\"not an id\"}",
                    "{\"title\":\"no id\"}",
                    "{\"id\":7,\"_geo\":{\"lat\":\"north\",\"lng\":1}}"
                }) {
            String documents = small(30_000, "").replaceFirst("]$", "," + last + "]");
            JsonNode task = client.await(client.write("POST", "/indexes/bad/documents", documents));
            assertEquals("failed", task.get("status").stringValue(), task::toString);
            assertEquals(0, task.at("/details/indexedDocuments").intValue(), task::toString);
            assertEquals(1, documents("bad"), last);
            assertEquals(
                    "before",
                    client.get("/indexes/bad/documents/1").get("title").stringValue(),
                    last);
        }
        assertEquals(10, indexed("POST", "/indexes/bad/documents", small(10, "")));
    }

    private static String small(int count, String mark) {
        StringBuilder body = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            body.append(i == 0 ? "" : ",")
                    .append("{\"id\":")
                    .append(i)
                    .append(",\"title\":\"")
                    .append(mark)
                    .append(" title ")
                    .append(i)
                    .append("\",\"text\":\"")
                    .append("lorem ipsum dolor sit amet ".repeat(2))
                    .append("\"}");
        }
        return body.append(']').toString().replace("\" title", "\"title");
    }

    private int indexed(String method, String path, String documents) throws Exception {
        JsonNode task = client.done(method, path, documents);
        assertTrue(node.isAlive(), "an OutOfMemoryError would have ended it");
        return task.at("/details/indexedDocuments").intValue();
    }

    private int documents(String index) throws Exception {
        return client.get("/indexes/" + index + "/stats").get("numberOfDocuments").intValue();
    }
}
