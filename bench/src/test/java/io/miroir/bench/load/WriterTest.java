package io.miroir.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A writer knows what is there, as a server does that takes what it is sent. */
class WriterTest {
    private static final int REQUESTS = 200;

    private final Map<Long, Long> server = new HashMap<>();

    @Test
    void whatWasAcknowledgedIsKnown() {
        Writer writer = new Writer(101, 2);
        Set<String> kinds = new HashSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            Writer.Request request = writer.next();
            kinds.add(request.method() + request.path());
            apply(request);
            writer.taken(request);
        }
        assertEquals(3, kinds.size(), kinds::toString);
        assertEquals(server, writer.versions());
        assertTrue(server.values().stream().anyMatch(version -> version > 0));
        assertTrue(server.keySet().stream().allMatch(id -> id % 2 == 1 && id < writer.endId()));
        assertEquals(Set.of(), writer.unsure());
    }

    @Test
    void whatWasNotAcknowledgedIsLeftAlone() {
        Writer writer = new Writer(100, 1);
        Set<Long> lost = new HashSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            Writer.Request request = writer.next();
            assertFalse(request.ids().stream().anyMatch(lost::contains));
            if (i % 5 == 1) {
                writer.lost(request);
                lost.addAll(request.ids());
            } else {
                apply(request);
                writer.taken(request);
            }
        }
        server.keySet().removeAll(lost);
        assertEquals(server, writer.versions());
        assertEquals(lost, writer.unsure());
    }

    @Test
    void theFirstDocumentsAreNobodys() {
        Expected expected = Expected.of(3, List.of(new Writer(3, 1)));
        assertEquals(Map.of(0L, 0L, 1L, 0L, 2L, 0L), expected.versions());
        assertEquals(3, expected.endId());
    }

    private void apply(Writer.Request request) {
        for (JsonNode one : request.body()) {
            if (request.path().endsWith("delete-batch")) {
                server.remove(one.asLong());
            } else {
                long id = one.path("id").asLong();
                server.put(id, one.path(Expected.VERSION).asLong(server.getOrDefault(id, 0L)));
            }
        }
    }
}
