package io.miroir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What operators read of shards. */
class ShardTableTest {
    private static final JsonNode ANSWER =
            Json.parse(
                    """
                    {"indexes": {
                      "books": {"physical_uid": "m2", "shards": [
                        {"shard": 0, "nodes": {"node-0": "in_sync", "node-1": "in_sync"}}]},
                      "movies": {"physical_uid": "m1", "shards": [
                        {"shard": 0, "nodes": {"node-0": "in_sync", "node-1": "lagging"}},
                        {"shard": 1, "nodes": {"node-0": "in_sync", "node-1": "in_sync"}}]}},
                     "repairs": [
                      {"index": "movies", "node": "node-1", "state": "in_progress",
                       "phase": "compare", "source": "node-0", "compared": 12, "copied": 3,
                       "removed": 1, "error": "node node-0 is down"},
                      {"index": "movies", "node": "node-2", "state": "queued"},
                      {"index": "movies", "node": "node-1", "state": "completed"}]}
                    """);

    private static String told(boolean whole, boolean found, String... wanted) {
        StringWriter out = new StringWriter();
        ShardTable table = new ShardTable(new PrintWriter(out), whole);
        assertEquals(found, table.tell(ANSWER, List.of(wanted)));
        return out.toString();
    }

    @Test
    void whatIsNotInSyncIsToldAndWhoBringsItBack() {
        assertEquals(
                """
                books                    m2       1 shards, 2 replicas in sync, 0 not
                movies                   m1       2 shards, 3 replicas in sync, 1 not
                  shard 0      node-0 in_sync, node-1 lagging
                  copy to node-1 from node-0: in_progress, compare, 12 compared, 3 copied, 1 removed; last time: node node-0 is down
                  copy to node-2: queued, 0 compared, 0 copied, 0 removed
                """,
                told(false, true));
    }

    @Test
    void allShardsAreToldOfOneIndex() {
        String told = told(true, true, "books");
        assertTrue(told.contains("  shard 0      node-0 in_sync, node-1 in_sync"), told);
        assertFalse(told.contains("movies"), told);
    }

    @Test
    void anIndexThatIsNotThereIsNoEmptyAnswer() {
        assertEquals("", told(false, false, "songs"));
    }
}
