package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.export.ExportDetails;
import io.miroir.api.export.ExportRequest;
import io.miroir.cluster.seal.SealKeys;
import io.miroir.cluster.seal.StoredSecrets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What no task can keep is refused before a node is asked: nobody would know what became of it. */
class TaskRoomTest {
    private static final int MAX = TaskRoom.DETAILS_BYTES_MAX;

    @TempDir Path directory;

    private LaneFixture pod;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        pod.write("[{\"id\":1}]", null);
        pod.sent.clear();
    }

    @AfterEach
    void close() {
        pod.close();
    }

    private void assertRefused(Operation operation, String body) {
        ApiException refused =
                assertThrows(ApiException.class, () -> pod.run(operation, body, null));
        assertEquals(ErrorCode.PAYLOAD_TOO_LARGE, refused.code(), refused.text());
        assertEquals(List.of(), List.copyOf(pod.sent));
        assertEquals(List.of(), pod.openIntents());
        assertEquals(0, pod.spooler.heldFileBytes());
    }

    /** Half as long as the task may be, and as a text of a text longer than that. */
    private static String quotes(int bytes) {
        return "\"'" + "\\\"".repeat(bytes / 4) + "'\"";
    }

    /** The body is short enough in each: what is made of it is not. */
    @Test
    void detailsThatNoTaskCanKeepAreRefusedBeforeNodesAreAsked() {
        assertRefused(
                Operation.DOCUMENTS_EDIT,
                "{\"function\":\"doc.n = 1\",\"filter\":" + quotes(MAX) + "}");
        assertRefused(Operation.DOCUMENTS_DELETE_BY_FILTER, "{\"filter\":" + quotes(MAX) + "}");
        assertRefused(
                Operation.SETTINGS_UPDATE, "{\"stopWords\":[\"" + "a".repeat(MAX / 2) + "\"]}");
        assertRefused(Operation.DOCUMENTS_REPLACE, "[{\"id\":\"" + "a".repeat(MAX) + "\"}]");
    }

    /** It goes with each request for documents, and would be in the catalogue. */
    @Test
    void aPrimaryKeyHasALimit() {
        String longest = "k".repeat(TaskRoom.KEY_BYTES_MAX);
        WriteRequest fits =
                new WriteRequest(
                        Operation.INDEX_CREATE, "i", Map.of(WriteRequest.PRIMARY_KEY, longest));
        assertDoesNotThrow(() -> TaskRoom.require(fits, 0));
        for (Operation operation : Operation.values()) {
            WriteRequest beyond =
                    new WriteRequest(
                            operation, "i", Map.of(WriteRequest.PRIMARY_KEY, longest + "k"));
            assertThrows(ApiException.class, () -> TaskRoom.require(beyond, 0));
        }
    }

    /** Of an index that has none yet, documents choose it by what their first field is called. */
    @Test
    void aPrimaryKeyThatDocumentsChooseHasALimit() throws Exception {
        pod.close();
        pod = new LaneFixture(directory.resolve("new"));
        assertRefused(
                Operation.DOCUMENTS_REPLACE,
                "[{\"" + "k".repeat(TaskRoom.KEY_BYTES_MAX) + "id\":1}]");
    }

    /** Without a look at what is in it, so that it is never held while it waits for its turn. */
    @Test
    void aBodyThatATaskKeepsHasALimit() {
        for (Operation operation : Operation.values()) {
            WriteRequest request = new WriteRequest(operation, "i", Map.of());
            assertDoesNotThrow(() -> TaskRoom.require(request, MAX));
            if (operation.keepsBody()) {
                assertThrows(ApiException.class, () -> TaskRoom.require(request, MAX + 1));
            } else {
                assertDoesNotThrow(() -> TaskRoom.require(request, Integer.MAX_VALUE));
            }
        }
    }

    /** The key of another Meilisearch, too, will be longer than it came. */
    @Test
    void exportsThatNoTaskCanKeepAreRefused() {
        ObjectNode body = Json.object().put("url", "http://localhost:7700");
        body.withObject("indexes").withObject("*").put("filter", "a".repeat(MAX / 2));
        ObjectNode fits = ExportDetails.of(ExportRequest.of(body));
        assertDoesNotThrow(() -> TaskRoom.require(fits));
        ObjectNode beyond =
                ExportDetails.of(
                        ExportRequest.of(body.deepCopy().put("apiKey", "k".repeat(MAX / 2 - 500))));
        assertTrue(Json.bytes(beyond).length < MAX);
        ApiException refused = assertThrows(ApiException.class, () -> TaskRoom.require(beyond));
        assertEquals(ErrorCode.PAYLOAD_TOO_LARGE, refused.code());
    }

    /** Sealed secrets are longer; also where none is sealed yet. */
    @Test
    void secretsCountAsTheyAreSealed() {
        ObjectNode settings = Json.object();
        ObjectNode headers =
                settings.putObject("embedders")
                        .putObject("e")
                        .put("apiKey", "\u00e9".repeat(10_000))
                        .put("url", "https://user:word@host/")
                        .putObject("headers");
        for (int i = 0; i < 500; i++) {
            headers.put("h" + i, "");
        }
        Details details = Details.of(settings).committing(settings);
        StoredSecrets secrets =
                new StoredSecrets(
                        new SealKeys(
                                () -> List.of("seal-key-of-tests-0123456789-0123456789"),
                                new SecureRandom()));
        String sealed = secrets.sealJson(details.stored());
        int bytes = sealed.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(bytes > 100_000, sealed);
        long counted = TaskRoom.storedBytes(details.stored());
        assertTrue(counted >= bytes, () -> counted + " of " + bytes);
        assertTrue(counted < bytes * 2L, () -> counted + " of " + bytes);
    }
}
