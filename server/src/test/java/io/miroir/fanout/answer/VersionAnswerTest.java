package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Which of several versions is the lowest. */
class VersionAnswerTest {
    private static String lowest(String... versions) {
        Optional<JsonNode> lowest =
                VersionAnswer.lowest(
                        Arrays.stream(versions).map(VersionAnswerTest::version).toList());
        return lowest.orElseThrow().path("pkgVersion").asString();
    }

    private static JsonNode version(String version) {
        return Json.object().put("pkgVersion", version);
    }

    @Test
    void numbersCountByTheirValue() {
        assertEquals("1.9.3", lowest("1.50.0", "1.9.3", "1.10.0"));
        assertEquals("1.50.0", lowest("1.50.1", "1.50.0"));
    }

    @Test
    void aCandidateIsBeforeItsRelease() {
        assertEquals("1.50.0-rc.1", lowest("1.50.0", "1.50.0-rc.1", "1.50.0-rc.2"));
    }

    @Test
    void whatCannotBeReadComesLast() {
        assertEquals("1.50.0", lowest("", "nightly", "1.50.0"));
        assertEquals("nightly", lowest("nightly"));
    }
}
