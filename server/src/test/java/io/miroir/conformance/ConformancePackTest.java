package io.miroir.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.conformance.Comparison.Mode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The pack's own judgement can fail: differences are seen, and only differences. */
class ConformancePackTest {
    @Test
    void sameValuesInAnotherKeyOrderAreEqual() {
        assertTrue(differences(Mode.EXACT, "{'a':1,'b':[1,2]}", "{'b':[1,2],'a':1.0}").isEmpty());
    }

    @Test
    void everyKindOfDifferenceIsSeen() {
        assertEquals(1, differences(Mode.EXACT, "{'a':1}", "{'a':2}").size());
        assertEquals(1, differences(Mode.EXACT, "{'a':1}", "{'a':'1'}").size());
        assertEquals(1, differences(Mode.EXACT, "{'a':null}", "{}").size());
        assertEquals(1, differences(Mode.EXACT, "{}", "{'a':null}").size());
        assertEquals(1, differences(Mode.EXACT, "[1,2]", "[1]").size());
        assertEquals(2, differences(Mode.EXACT, "[1,2]", "[2,1]").size());
        assertEquals(1, differences(Mode.UNORDERED, "[1,1]", "[1,2]").size());
        assertEquals(1, differences(Mode.EXACT, "'$timestamp'", "'yesterday'").size());
    }

    @Test
    void modesAndPlaceholdersForgiveWhatTheySay() {
        assertTrue(differences(Mode.UNORDERED, "[1,2]", "[2,1]").isEmpty());
        assertTrue(differences(Mode.SUBSET, "{'a':1}", "{'a':1,'b':2}").isEmpty());
        assertTrue(differences(Mode.EXACT, "'$uint'", "7").isEmpty());
        assertFalse(differences(Mode.EXACT, "'$uint'", "-7").isEmpty());
        assertTrue(differences(Mode.EXACT, "'$$uint'", "'$uint'").isEmpty());
        assertTrue(
                differences(Mode.EXACT, "{'_rankingScore':0.5}", "{'_rankingScore':0.5000001}")
                        .isEmpty());
        assertFalse(differences(Mode.EXACT, "{'x':0.5}", "{'x':0.5000001}").isEmpty());
    }

    @Test
    @EnabledIfSystemProperty(
            named = "miroir.conformance.url",
            matches = ".+",
            disabledReason = "replays the pack against a server that somebody started")
    void replayAgainstAServer() throws Exception {
        ConformancePack.Report report =
                ConformancePack.load()
                        .replay(
                                URI.create(System.getProperty("miroir.conformance.url")),
                                System.getProperty("miroir.conformance.key"),
                                Set.of(System.getProperty("miroir.conformance.tiers").split(",")));
        Path out = Path.of("target/conformance-failures.txt");
        Files.write(out, report.failures());
        System.out.println(report.passed() + " of " + report.total() + " steps; see " + out);
        assertTrue(report.failed().isEmpty(), () -> String.join("\n", report.failures()));
    }

    private static List<String> differences(Mode mode, String expected, String got) {
        Comparison comparison = new Comparison(mode, List.of());
        comparison.compare(
                ServerUnderTest.JSON.readTree(expected.replace('\'', '"')),
                ServerUnderTest.JSON.readTree(got.replace('\'', '"')));
        return comparison.differences();
    }
}
