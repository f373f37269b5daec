package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonDepthTest {
    /** Shows: the places that Meilisearch 1.50 tells of the same bodies. */
    @Test
    void theFirstPlaceThatIsTooDeepIsTold() {
        assertEquals(Optional.empty(), fault("{\"filter\":" + "[".repeat(126)));
        assertEquals(at(1, 137), fault("{\"filter\":" + "[".repeat(127)));
        assertEquals(at(1, 134), fault("{\"uid\":" + "[".repeat(127)));
        assertEquals(at(1, 637), fault("{\"zz\":" + "{\"a\":".repeat(127)));
        assertEquals(at(1, 128), fault("[".repeat(200) + "]".repeat(200)));
        assertEquals(at(2, 128), fault("\n" + "[".repeat(200)));
    }

    @Test
    void textsAndWhatIsClosedDoNotCount() {
        assertTrue(fault("[\"" + "[".repeat(200) + "\"]").isEmpty());
        assertTrue(fault("[\"\\\"" + "[".repeat(200) + "\"]").isEmpty());
        assertTrue(fault("[" + "[],".repeat(200) + "[]]").isEmpty());
    }

    private static Optional<String> at(int line, int column) {
        return Optional.of("recursion limit exceeded at line " + line + " column " + column);
    }

    private static Optional<String> fault(String json) {
        return JsonDepth.fault(json.getBytes(StandardCharsets.UTF_8));
    }
}
