package io.miroir.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.documents.DocumentReader;
import io.miroir.api.documents.PayloadFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A node that does nothing says what a pod wants to hear of one. */
class NullNodeTest {
    private final HttpClient http = HttpClient.newHttpClient();

    private JsonNode ask(URI node, String method, String target, byte[] body)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                http.send(
                        HttpRequest.newBuilder(node.resolve(target))
                                .method(method, BodyPublishers.ofByteArray(body))
                                .build(),
                        BodyHandlers.ofByteArray());
        return Json.parse(answer.body());
    }

    @Test
    void documentsAreTakenAndTheirTasksHaveSucceeded() throws IOException, InterruptedException {
        try (ThinNode node = new ThinNode(new NullNode())) {
            URI address = node.address();
            byte[] documents = SmallDocuments.list(0, 1_000);
            String target = "/indexes/m7/documents?customMetadata=miroir%3A1";
            long task = ask(address, "POST", target, documents).path("taskUid").asLong();
            JsonNode told =
                    ask(address, "GET", "/tasks?limit=100&uids=" + task, new byte[0])
                            .path("results")
                            .path(0);
            assertEquals("succeeded", told.path("status").asString());
            assertEquals("m7", told.path("indexUid").asString());
            assertEquals("miroir:1", told.path("customMetadata").asString());
            JsonNode open = ask(address, "GET", "/tasks?statuses=enqueued", new byte[0]);
            assertTrue(open.path("results").isEmpty());
        }
    }

    @Test
    void marksAndSettingsComeBack() throws IOException, InterruptedException {
        try (ThinNode node = new ThinNode(new NullNode())) {
            URI address = node.address();
            byte[] mark = "[{\"id\":\"mark\",\"life\":3}]".getBytes(US_ASCII);
            ask(address, "POST", "/indexes/miroir_node/documents?primaryKey=id", mark);
            JsonNode read = ask(address, "GET", "/indexes/miroir_node/documents/mark", new byte[0]);
            assertEquals(3, read.path("life").asInt());
            byte[] change = "{\"stopWords\":[\"a\"]}".getBytes(US_ASCII);
            ask(address, "PATCH", "/indexes/m1/settings", change);
            JsonNode settings = ask(address, "GET", "/indexes/m1/settings", new byte[0]);
            assertEquals("a", settings.path("stopWords").path(0).asString());
            assertTrue(settings.has("rankingRules"));
        }
    }

    /** The figures are of documents of 300 bytes. */
    @Test
    void smallDocumentsAreOfTheirSize() throws IOException {
        byte[] list = SmallDocuments.list(1_000_000, 2_000);
        long count =
                DocumentReader.read(
                        PayloadFormat.JSON, ',', new ByteArrayInputStream(list), _ -> {});
        assertEquals(2_000, count);
        assertEquals(SmallDocuments.BYTES, list.length / 2_000.0, 5);
    }
}
