package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.documents.WriteRequests;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Ids of documents that go are parted as documents are, and never all in memory. */
class DocumentIdsTest {
    private static final int SHARDS = 4;
    private static final int IDS = 1_000;

    /** Of a body in memory; longer ones are in files. */
    private static final int MEMORY_BYTES = 1 << 10;

    @TempDir Path directory;

    private Spooler spooler;

    @BeforeEach
    void open() throws IOException {
        spooler = new Spooler(directory, MEMORY_BYTES, 1 << 20);
    }

    private static List<String> nodesOf(int shard) {
        return List.of(shard % 2 == 0 ? "even" : "odd", "all");
    }

    private DocumentIds.Split split(DocumentIds.Source ids) throws IOException {
        return DocumentIds.split(ids, SHARDS, DocumentIdsTest::nodesOf, spooler);
    }

    private static JsonNode read(Spooled part) throws IOException {
        try (InputStream in = part.open()) {
            return Json.parse(in);
        }
    }

    @Test
    void eachNodeGetsTheIdsOfItsShardsInTheirOrder() throws Exception {
        ArrayNode ids = Json.array().add("\"quoted\"").add("\u00e9");
        for (int i = 0; i < IDS; i++) {
            ids.add("id-" + i);
        }
        Map<String, List<String>> expected = new TreeMap<>();
        for (JsonNode id : ids) {
            for (String node : nodesOf(Rendezvous.shard(id.stringValue(), SHARDS))) {
                expected.computeIfAbsent(node, _ -> new ArrayList<>()).add(id.stringValue());
            }
        }
        try (Spooled body = spooler.receive(new ByteArrayInputStream(Json.bytes(ids))).body()) {
            DocumentIds.Split split = split(DocumentIds.in(body));
            assertFalse(split.holdsEmpty());
            assertEquals(IDS + 2, split.count());
            assertEquals(IDS + 2, DocumentIds.count(DocumentIds.in(body)));
            assertEquals(ShardSet.all(SHARDS), split.shards());
            assertEquals(expected.keySet(), split.parts().keySet());
            for (Map.Entry<String, Spooled> part : split.parts().entrySet()) {
                List<String> got =
                        read(part.getValue()).valueStream().map(JsonNode::stringValue).toList();
                assertEquals(expected.get(part.getKey()), got, part.getKey());
                part.getValue().close();
            }
        }
        assertNothingIsHeld();
    }

    /** Such a list is sent to nobody: no room is taken for it from there on. */
    @Test
    void idsBehindAnEmptyOneAreOnlyCounted() throws Exception {
        DocumentIds.Split split =
                split(
                        to -> {
                            each(to);
                            assertTrue(spooler.heldFileBytes() > 0);
                            to.accept("");
                            assertNothingIsHeld();
                            each(to);
                            to.accept("");
                            assertNothingIsHeld();
                        });
        assertTrue(split.holdsEmpty());
        assertEquals(2 * IDS + 2, split.count());
        assertEquals(Map.of(), split.parts());
        assertNothingIsHeld();
    }

    private static void each(Consumer<String> to) {
        for (int id = 0; id < IDS; id++) {
            to.accept("id-" + id);
        }
    }

    private void assertNothingIsHeld() throws IOException {
        assertEquals(0, spooler.heldMemoryBytes());
        assertEquals(0, spooler.heldFileBytes());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void noIdsAreNobodys() throws Exception {
        DocumentIds.Split split = split(_ -> {});
        assertEquals(0, split.count());
        assertEquals(ShardSet.none(), split.shards());
        assertEquals(Map.of(), split.parts());
    }

    @Test
    void whatBreaksOffLeavesNothingBehind() throws IOException {
        assertThrows(
                IOException.class,
                () ->
                        split(
                                to -> {
                                    each(to);
                                    assertTrue(spooler.heldFileBytes() > 0);
                                    throw new IOException("the disk");
                                }));
        assertNothingIsHeld();
    }

    /** What is no id stays in the list, as it is counted. One that is too long takes no room. */
    @Test
    void listsOfAnythingBecomeListsOfTexts() {
        String longest = "a".repeat(511);
        JsonNode given =
                Json.parse(
                        "[1, \"b\", null, {\"c\": [2]}, \""
                                + longest
                                + "\", \""
                                + longest
                                + "a\"]");
        assertEquals(
                "[\"1\",\"b\",\"null\",\"{\\\"c\\\":[2]}\",\"" + longest + "\",\" \"]",
                new String(WriteRequests.idList(given), UTF_8));
    }
}
