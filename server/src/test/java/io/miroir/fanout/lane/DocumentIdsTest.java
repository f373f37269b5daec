package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
        ArrayNode ids = Json.array().add("\"quoted\"").add("\u00e9").add("");
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
            assertEquals(IDS + 3, split.count());
            assertEquals(IDS + 3, DocumentIds.count(DocumentIds.in(body)));
            assertEquals(ShardSet.all(SHARDS), split.shards());
            assertEquals(expected.keySet(), split.parts().keySet());
            for (Map.Entry<String, Spooled> part : split.parts().entrySet()) {
                List<String> got =
                        read(part.getValue()).valueStream().map(JsonNode::stringValue).toList();
                assertEquals(expected.get(part.getKey()), got, part.getKey());
                part.getValue().close();
            }
        }
        assertEquals(0, spooler.heldFileBytes());
        assertEquals(0, spooler.heldMemoryBytes());
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
                                    for (int id = 0; id < IDS; id++) {
                                        to.accept("id-" + id);
                                    }
                                    assertTrue(spooler.heldFileBytes() > 0);
                                    throw new IOException("the disk");
                                }));
        assertEquals(0, spooler.heldMemoryBytes());
        assertEquals(0, spooler.heldFileBytes());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
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
