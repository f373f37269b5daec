package io.miroir.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class UnicodeDocumentsTest {
    private final UnicodeDocuments documents = new UnicodeDocuments(300);

    @Test
    void aLimitTakesTheFirstSoMany() throws IOException {
        List<Integer> ids = new ArrayList<>();
        documents.read(document -> ids.add(document.get("id").intValue()));
        assertEquals(300, documents.count());
        assertEquals(300, ids.size());
        assertEquals(List.of(0, 1, 2), ids.subList(0, 3));
        assertTrue(new UnicodeDocuments(Long.MAX_VALUE).count() > 150_000);
    }

    @Test
    void everySearchUsesOnlyWhatTheSettingsAllow() {
        ObjectNode settings = documents.settings();
        Set<String> filterable = strings(settings.get("filterableAttributes"));
        Set<String> sortable = strings(settings.get("sortableAttributes"));
        for (ExampleSearch example : documents.examples()) {
            assertTrue(
                    filterable.containsAll(strings(example.body().path("facets"))),
                    example.shows());
            for (String sort : strings(example.body().path("sort"))) {
                assertTrue(sortable.contains(sort.replaceAll(":.*", "")), example.shows());
            }
        }
    }

    private static Set<String> strings(JsonNode array) {
        Set<String> strings = new HashSet<>();
        array.forEach(element -> strings.add(element.stringValue()));
        return strings;
    }
}
