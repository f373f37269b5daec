package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.fanout.spool.Spooler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Documents are checked, stamped and parted in one pass (protocol, rules 1, 8 and 13). */
class DocumentSplitTest {
    private static final int SHARDS = 4;
    private static final int DIFFERENT_MAX = 50;

    @TempDir Path directory;

    private Spooler spooler;

    @BeforeEach
    void open() throws IOException {
        spooler = new Spooler(directory, 1 << 16, 1 << 20);
    }

    /** Even shards are on node even and all; odd ones on odd and all. */
    private DocumentSplit.Result split(@Nullable String key, String json) throws IOException {
        return DocumentSplit.of(
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                PayloadFormat.JSON,
                ',',
                new DocumentSplit.Target(
                        key,
                        SHARDS,
                        shard -> List.of(shard % 2 == 0 ? "even" : "odd", "all"),
                        true,
                        DIFFERENT_MAX),
                spooler);
    }

    /** Rule 6: only what no node can refuse for what it is shares a request. */
    @Test
    void differentDocumentsAreCountedWhereEachIsWhollyUnderstood() throws IOException {
        try (DocumentSplit.Result split = split("id", "[{\"id\":1},{\"id\":2},{\"id\":\"1\"}]")) {
            assertEquals(3, split.received());
            assertEquals(OptionalLong.of(2), split.different());
        }
        try (DocumentSplit.Result split = split("id", "[{\"id\":1,\"_vectors\":{}}]")) {
            assertEquals(OptionalLong.empty(), split.different());
        }
        StringBuilder many = new StringBuilder("[{\"id\":0}");
        for (int id = 1; id <= DIFFERENT_MAX; id++) {
            many.append(",{\"id\":").append(id).append("}");
        }
        try (DocumentSplit.Result split = split("id", many.append("]").toString())) {
            assertEquals(OptionalLong.empty(), split.different());
        }
    }

    private static List<JsonNode> lines(DocumentSplit.Result split, String node)
            throws IOException {
        var part = split.parts().get(node);
        List<JsonNode> documents = new ArrayList<>();
        if (part != null) {
            String text = new String(part.open().readAllBytes(), StandardCharsets.UTF_8);
            text.lines().forEach(line -> documents.add(Json.parse(line)));
        }
        return documents;
    }

    @Test
    void everyDocumentGoesToItsNodesWithItsShardAndPlace() throws IOException {
        StringBuilder json = new StringBuilder("[");
        for (int id = 0; id < 40; id++) {
            json.append(id == 0 ? "" : ",")
                    .append("{\"movie_id\":")
                    .append(id)
                    .append(",\"n\":1.50}");
        }
        try (DocumentSplit.Result split = split(null, json.append("]").toString())) {
            assertEquals(40, split.received());
            assertEquals("movie_id", split.primaryKey());
            assertNull(split.fault());
            List<JsonNode> all = lines(split, "all");
            assertEquals(40, all.size());
            assertEquals(40, lines(split, "even").size() + lines(split, "odd").size());
            for (int i = 0; i < all.size(); i++) {
                JsonNode document = all.get(i);
                int shard = Rendezvous.shard(String.valueOf(i), SHARDS);
                assertEquals(
                        Separators.shard(shard), document.path(Separators.SHARD_FIELD).asString());
                assertEquals(Separators.seq(i), document.path(Separators.SEQ_FIELD).asString());
                assertTrue(split.shards().contains(shard));
            }
        }
    }

    @Test
    void aFaultIsToldWithAllDocumentsCountedAndNothingKept() throws IOException {
        DocumentSplit.Result split = split("id", "[{\"id\":1},{\"id\":\"a b\"},{\"id\":3}]");
        assertEquals(3, split.received());
        assertEquals(ErrorCode.INVALID_DOCUMENT_ID, assertNotNullFault(split).code());
        assertTrue(split.parts().isEmpty());
        DocumentSplit.Result geo = split("id", "[{\"id\":1,\"_geo\":\"x\"}]");
        assertEquals(ErrorCode.INVALID_DOCUMENT_GEO_FIELD, assertNotNullFault(geo).code());
    }

    /** A payload that is malformed further down is no task at all, whatever came before. */
    @Test
    void aMalformedEndRefusesTheWhole() {
        ApiException malformed =
                assertThrows(
                        ApiException.class,
                        () -> split("id", "[{\"id\":1},{\"x\":2},{\"id\":3}").close());
        assertEquals(ErrorCode.MALFORMED_PAYLOAD, malformed.code());
        ApiException reserved =
                assertThrows(
                        ApiException.class,
                        () -> split("id", "[{\"x\":2},{\"id\":1,\"_miroir_seq\":\"-\"}]").close());
        assertEquals(ErrorCode.MIROIR_RESERVED_FIELD, reserved.code());
    }

    private static ApiException assertNotNullFault(DocumentSplit.Result split) {
        ApiException fault = split.fault();
        assertNotNull(fault);
        return fault;
    }
}
