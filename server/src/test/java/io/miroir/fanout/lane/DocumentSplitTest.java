package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.documents.DocumentReader;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Documents are checked, stamped and parted in one pass (protocol, rules 1, 8 and 13). */
class DocumentSplitTest {
    private static final int SHARDS = 4;
    private static final int DIFFERENT_MAX = 50;
    private static final int RUNS = 5_000;

    @TempDir Path directory;

    private Spooler spooler;

    @BeforeEach
    void open() throws IOException {
        spooler = new Spooler(directory, 1 << 16, 1 << 20);
    }

    /** Even shards are on node even and all; odd ones on odd and all. */
    private static DocumentSplit.Target target(@Nullable String key) {
        return target(key, new DocumentSplit.VectorRules(false, () -> Map.of("m", 2)));
    }

    private static DocumentSplit.Target target(
            @Nullable String key, DocumentSplit.@Nullable VectorRules vectors) {
        return new DocumentSplit.Target(
                key,
                SHARDS,
                shard -> List.of(shard % 2 == 0 ? "even" : "odd", "all"),
                true,
                DIFFERENT_MAX,
                vectors);
    }

    private Spooled spooled(byte[] payload) throws IOException {
        return spooler.receive(new ByteArrayInputStream(payload)).body();
    }

    private DocumentSplit.Result split(@Nullable String key, String json) throws IOException {
        try (Spooled body = spooled(json.getBytes(StandardCharsets.UTF_8))) {
            return DocumentSplit.of(body, PayloadFormat.JSON, ',', target(key), spooler);
        }
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
            byte[] bytes = new StampedStream(part.open(), 0).readAllBytes();
            DocumentReader.read(
                    PayloadFormat.NDJSON, ',', new ByteArrayInputStream(bytes), documents::add);
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

    /** No room for the parts is no fault of the documents: the request is refused, not its task. */
    @Test
    void whatThisPodHasNoRoomForIsRefused() throws IOException {
        byte[] document = "{\"id\":1,\"text\":\"of some length\"}".getBytes(StandardCharsets.UTF_8);
        Spooler narrow = new Spooler(directory.resolve("narrow"), 0, 2L * document.length);
        try (Spooled body = narrow.receive(new ByteArrayInputStream(document)).body()) {
            List<Executable> ways =
                    List.of(
                            () ->
                                    DocumentSplit.byBytes(
                                            body, PayloadFormat.JSON, target("id"), narrow),
                            () ->
                                    DocumentSplit.byTrees(
                                            body, PayloadFormat.JSON, ',', target("id"), narrow));
            for (Executable way : ways) {
                ApiException refused = assertThrows(ApiException.class, way);
                assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
            }
        }
    }

    /** What is read off bytes is what trees would have told, to the words of each error. */
    @Test
    void bytesAndTreesTellTheSame() throws IOException {
        Random random = new Random(42);
        int read = 0;
        for (int run = 0; run < RUNS; run++) {
            SomePayload payload = SomePayload.of(random);
            try (Spooled body = spooled(payload.bytes())) {
                DocumentSplit.Target target = target(payload.key());
                String trees =
                        told(
                                () ->
                                        DocumentSplit.byTrees(
                                                body, payload.format(), ',', target, spooler));
                read += trees.startsWith("read") ? 1 : 0;
                String either =
                        told(() -> DocumentSplit.of(body, payload.format(), ',', target, spooler));
                assertEquals(trees, either, payload::toString);
            }
        }
        assertTrue(read > RUNS / 10 && read < RUNS * 9 / 10, read + " were read");
    }

    private interface Splitting {
        DocumentSplit.Result run() throws IOException;
    }

    private static String told(Splitting splitting) throws IOException {
        try (DocumentSplit.Result split = splitting.run()) {
            StringBuilder documents = new StringBuilder();
            for (String node : List.of("even", "odd", "all")) {
                documents.append('\n').append(node).append(": ").append(lines(split, node));
            }
            return "read "
                    + List.of(split.received(), split.shards(), split.different())
                    + split.primaryKey()
                    + (split.fault() == null ? "" : split.fault().toJson())
                    + documents;
        } catch (ApiException refused) {
            return "refused " + refused.toJson();
        }
    }

    private static ApiException assertNotNullFault(DocumentSplit.Result split) {
        ApiException fault = split.fault();
        assertNotNull(fault);
        return fault;
    }

    /** A document that comes again takes the place of the one before, as on one server. */
    @Test
    void vectorsAreThoseOfTheLastDocumentOfAnId() throws IOException {
        String wrong = "{\"id\":1,\"_vectors\":{\"m\":[1]}}";
        String right = "{\"id\":\"1\",\"_vectors\":{\"m\":[1,2]}}";
        assertVectors("[" + wrong + "]", "invalid_vector_dimensions");
        assertVectors("[" + wrong + "," + right + "]", null);
        assertVectors("[" + right + "," + wrong + "]", "invalid_vector_dimensions");
        assertVectors("[" + wrong + ",{\"id\":1}]", null);
        assertVectors("[{\"id\":2}," + wrong + ",{\"id\":3,\"_vectors\":5}]", "internal");
        assertVectors("[" + wrong + ",{\"id\":{}}]", "invalid_document_id");
    }

    /** What a document does not come with it keeps, and its fault with that. */
    @Test
    void aDocumentThatIsMergedKeepsTheVectorsOfBefore() throws IOException {
        var merging = new DocumentSplit.VectorRules(true, () -> Map.of("m", 2));
        String wrong = "{\"id\":1,\"_vectors\":{\"m\":[1]}}";
        String right = "{\"id\":\"1\",\"_vectors\":{\"m\":[1,2]}}";
        assertEquals(
                ErrorCode.INVALID_VECTOR_DIMENSIONS,
                fault("[" + wrong + ",{\"id\":1,\"a\":2}]", merging).orElseThrow().code());
        assertTrue(fault("[" + wrong + "," + right + "]", merging).isEmpty());
        assertTrue(fault("[" + wrong + "]", null).isEmpty());
    }

    private Optional<ApiException> fault(String json, DocumentSplit.@Nullable VectorRules rules)
            throws IOException {
        try (Spooled body = spooled(json.getBytes(StandardCharsets.UTF_8));
                DocumentSplit.Result split =
                        DocumentSplit.of(
                                body, PayloadFormat.JSON, ',', target("id", rules), spooler)) {
            return Optional.ofNullable(split.fault());
        }
    }

    private void assertVectors(String json, @Nullable String code) throws IOException {
        try (DocumentSplit.Result split = split("id", json)) {
            ApiException fault = split.fault();
            assertEquals(code, fault == null ? null : fault.code().wireName());
            assertEquals(code != null, split.parts().isEmpty());
        }
        // Read by trees, as the first document of an index is.
        try (DocumentSplit.Result split = split(null, json)) {
            ApiException fault = split.fault();
            assertEquals(code, fault == null ? null : fault.code().wireName());
        }
    }
}
