package io.miroir.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.miroir.api.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;

/** How a log line looks. */
class EncodersTest {
    /** The plan's log format (section 10): flat fields beside timestamp, level and message. */
    @Test
    void jsonIsFlat() {
        LoggingEvent event = event("search completed", null);
        event.setKeyValuePairs(
                List.of(
                        new KeyValuePair("index", "products"),
                        new KeyValuePair("duration_ms", 42L),
                        new KeyValuePair("degraded", false),
                        new KeyValuePair("level", "of the client")));
        event.setMDCPropertyMap(Map.of("request_id", "abc"));

        String line = new String(new JsonEncoder().encode(event), StandardCharsets.UTF_8);
        JsonNode json = Json.parse(line);

        assertTrue(line.endsWith("}\n"));
        assertEquals("2026-05-01T12:00:00Z", json.get("timestamp").asString());
        assertEquals("info", json.get("level").asString());
        assertEquals("search completed", json.get("message").asString());
        assertEquals("abc", json.get("request_id").asString());
        assertEquals("products", json.get("index").asString());
        assertEquals(42, json.get("duration_ms").asInt());
        assertFalse(json.get("degraded").asBoolean());
        assertEquals("of the client", json.get("_level").asString());
    }

    /** What a client sent can't make a second line, in either format. */
    @Test
    void noLineIsForged() {
        String sent = "x\n12:00:00.000 INFO  admin logged in\u001b[2J";
        for (byte[] line :
                List.of(
                        new JsonEncoder().encode(event(sent, null)),
                        new TextEncoder().encode(event(sent, null)))) {
            String text = new String(line, StandardCharsets.UTF_8);
            assertEquals(text.length() - 1, text.indexOf('\n'), text);
            assertFalse(text.contains("\u001b"), text);
        }
    }

    @Test
    void failuresKeepTheirStack() {
        LoggingEvent event = event("failed", new IllegalStateException("why"));

        JsonNode json = Json.parse(new JsonEncoder().encode(event));

        assertEquals("java.lang.IllegalStateException: why", json.get("error").asString());
        assertTrue(json.get("stack").asString().contains("EncodersTest"));
    }

    private static LoggingEvent event(String message, @Nullable Throwable thrown) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        LoggingEvent event =
                new LoggingEvent(
                        "fqcn", context.getLogger("io.miroir"), Level.INFO, message, thrown, null);
        event.setInstant(Instant.parse("2026-05-01T12:00:00Z"));
        return event;
    }
}
