package io.miroir.cli.demo;

import io.miroir.api.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A search and its answer, for people. */
final class SearchText {
    private static final int HITS_MAX = 5;
    private static final int FACET_VALUES_MAX = 4;
    private static final int LINE_CHARS_MAX = 96;

    private SearchText() {}

    static List<String> lines(ExampleSearch example, JsonNode answer) {
        List<String> lines = new ArrayList<>();
        lines.add("%s: %s".formatted(example.shows(), Json.text(example.body())));
        answer.path("hits").valueStream().limit(HITS_MAX).map(SearchText::hit).forEach(lines::add);
        lines.add(
                "  %s found, %s ms"
                        .formatted(
                                answer.path("estimatedTotalHits").asString("?"),
                                answer.path("processingTimeMs").asString("?")));
        answer.path("facetDistribution")
                .properties()
                .forEach(facet -> lines.add(facet(facet.getKey(), facet.getValue())));
        return lines;
    }

    private static String hit(JsonNode hit) {
        boolean isCharacter = hit.has("character") && hit.has("code");
        String text =
                isCharacter
                        ? "%s  %s  %s"
                                .formatted(
                                        hit.path("character").asString(""),
                                        hit.path("code").asString(""),
                                        hit.path("name").asString(""))
                        : Json.text(hit);
        return "  " + shortened(text);
    }

    private static String facet(String name, JsonNode values) {
        String most =
                values.properties().stream()
                        .sorted(
                                Comparator.comparingInt(
                                                (Map.Entry<String, JsonNode> v) ->
                                                        v.getValue().asInt())
                                        .reversed()
                                        .thenComparing(Map.Entry::getKey))
                        .limit(FACET_VALUES_MAX)
                        .map(v -> v.getKey() + " " + v.getValue().asInt())
                        .collect(Collectors.joining(", "));
        String more = values.size() > FACET_VALUES_MAX ? ", …" : "";
        return "  " + shortened("by %s: %s%s".formatted(name, most, more));
    }

    private static String shortened(String text) {
        return text.length() <= LINE_CHARS_MAX ? text : text.substring(0, LINE_CHARS_MAX) + "…";
    }
}
