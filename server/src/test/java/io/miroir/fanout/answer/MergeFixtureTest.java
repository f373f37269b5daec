package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.api.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Replays answers recorded of Meilisearch 1.50: three nodes with a third of the documents each, and
 * one with all. {@code -Dmiroir.fixtures=DIR} names another directory of the same kinds; the README
 * beside the fixtures says what they are and what may be asserted.
 */
class MergeFixtureTest {
    private static final Map<String, Tally> CLASSES = new TreeMap<>();
    private static final List<String> REQUESTS_THAT_DIFFER = new ArrayList<>();

    private static final class Tally {
        private int total;
        private int passed;
        private int equal;
        private int equalHits;
        private final List<String> faults = new ArrayList<>();

        @Override
        public String toString() {
            return passed
                    + " of "
                    + total
                    + " (whole answer equal: "
                    + equal
                    + ", hits equal: "
                    + equalHits
                    + ")";
        }
    }

    @BeforeAll
    static void replayAll() {
        Path directory = MergeFixture.directory();
        MergeReplay replay = new MergeReplay(directory);
        for (String verdict : List.of("exact", "exact-up-to-ties", "approximate")) {
            CLASSES.put(verdict, new Tally());
        }
        for (Path file : MergeFixture.files(directory)) {
            for (MergeFixture fixture : MergeFixture.read(file)) {
                replay(fixture, replay);
            }
        }
        CLASSES.forEach((verdict, tally) -> System.out.println(verdict + ": " + tally));
        System.out.println("node requests that differ: " + REQUESTS_THAT_DIFFER.size());
        CLASSES.values().forEach(tally -> tally.faults.forEach(System.out::println));
        REQUESTS_THAT_DIFFER.forEach(System.out::println);
    }

    /** One that throws is one that failed: the others are counted all the same. */
    private static void replay(MergeFixture fixture, MergeReplay replay) {
        Tally tally = tally(fixture.verdict());
        tally.total++;
        try {
            count(fixture, replay.replay(fixture), tally);
        } catch (RuntimeException | AssertionError e) {
            tally.faults.add(fixture.id() + " " + fixture.client() + "\n  " + e);
        }
    }

    private static void count(MergeFixture fixture, MergeReplay.Replayed replayed, Tally tally) {
        List<String> faults = MergeVerdict.faults(fixture, replayed);
        tally.passed += faults.isEmpty() ? 1 : 0;
        tally.equal += MergeVerdict.isEqual(fixture, replayed) ? 1 : 0;
        tally.equalHits += MergeVerdict.hasEqualHits(fixture, replayed) ? 1 : 0;
        if (!faults.isEmpty()) {
            tally.faults.add(fixture.id() + " " + fixture.client() + "\n  " + faults);
        }
        JsonNode request = replayed.request();
        if (request != null
                && !withoutCounted(request, fixture).equals(fixture.json().path("node"))) {
            REQUESTS_THAT_DIFFER.add(
                    fixture.id()
                            + "\n    wanted "
                            + fixture.json().path("node")
                            + "\n    asked  "
                            + request);
        }
    }

    /**
     * The request as it was when answers were recorded: then facets beside a distinct attribute
     * were taken as nodes counted them, and what they count was not asked for.
     */
    private static JsonNode withoutCounted(JsonNode request, MergeFixture fixture) {
        JsonNode asked = Json.parse(Json.text(request));
        if (fixture.client().has("distinct")
                && asked.get("attributesToRetrieve") instanceof ArrayNode attributes) {
            List<String> recorded =
                    Attributes.names(fixture.json().at("/node/attributesToRetrieve"));
            List<String> counted = Attributes.names(fixture.client().path("facets"));
            for (int i = attributes.size() - 1; i >= 0; i--) {
                String attribute = attributes.path(i).asString();
                if (counted.contains(attribute) && !recorded.contains(attribute)) {
                    attributes.remove(i);
                }
            }
        }
        return asked;
    }

    /** Shows: where one node's answer can be had exactly, ours is it (promise 4 of the design). */
    @Test
    void exact() {
        demandAll("exact");
    }

    /** Shows: with the order of insertion known, ties come out as on one node. */
    @Test
    void exactUpToTies() {
        demandAll("exact-up-to-ties");
    }

    /** Shows: of answers that can't be had exactly, the parts that can be are right. */
    @Test
    void approximate() {
        demandAll("approximate");
    }

    /** Shows: nodes are asked what was asked when their answers were recorded. */
    @Test
    void nodeRequests() {
        assumeTrue(System.getProperty("miroir.fixtures") == null, "recorded elsewhere");
        assertEquals(List.of(), REQUESTS_THAT_DIFFER);
    }

    private static Tally tally(String verdict) {
        return Objects.requireNonNull(CLASSES.get(verdict), verdict);
    }

    private static void demandAll(String verdict) {
        Tally tally = tally(verdict);
        assertTrue(tally.faults.isEmpty(), () -> verdict + ": " + tally + "\n" + tally.faults);
    }
}
