package io.miroir.cli.demo;

import io.miroir.api.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks at unknown documents as they pass: fields with few different values make facets, and a few
 * words make searches. Remembers a bounded amount whatever comes.
 */
final class FieldSurvey {
    private static final int FIELDS_MAX = 64;
    private static final int FACETS_MAX = 6;
    private static final int FACET_VALUES_MAX = 60;
    private static final int FACET_VALUE_CHARS_MAX = 80;
    private static final int WORDS_MAX = 3;
    private static final int WORD_EVERY = 7;
    private static final Pattern WORD = Pattern.compile("\\p{L}{4,20}");

    private final Map<String, Set<String>> values = new LinkedHashMap<>();
    private final Set<String> tooMany = new HashSet<>();
    private final List<String> words = new ArrayList<>();
    private ObjectNode first = Json.object();
    private long documents;

    void see(ObjectNode document) {
        if (documents % WORD_EVERY == 0 && words.size() < WORDS_MAX) {
            collectWord(document);
        }
        if (documents == 0) {
            first = document;
        }
        documents++;
        document.properties().forEach(field -> see(field.getKey(), field.getValue()));
    }

    long documents() {
        return documents;
    }

    /** The first document; an empty one if there was none. */
    ObjectNode first() {
        return first;
    }

    /** Fields that repeat their values, so that counting them says something. */
    List<String> facets() {
        return values.entrySet().stream()
                .filter(field -> !tooMany.contains(field.getKey()))
                .filter(field -> field.getValue().size() * 2L <= documents)
                .map(Map.Entry::getKey)
                .limit(FACETS_MAX)
                .toList();
    }

    /** Words that occur. */
    List<String> words() {
        return List.copyOf(words);
    }

    private void see(String field, JsonNode value) {
        if (tooMany.contains(field)
                || (!values.containsKey(field) && values.size() >= FIELDS_MAX)) {
            return;
        }
        Set<String> seen = values.computeIfAbsent(field, name -> new HashSet<>());
        String text = value.isValueNode() ? value.asString("") : "";
        if (value.isContainer()
                || text.length() > FACET_VALUE_CHARS_MAX
                || (seen.size() == FACET_VALUES_MAX && !seen.contains(text))) {
            tooMany.add(field);
            seen.clear();
        } else {
            seen.add(text);
        }
    }

    private void collectWord(ObjectNode document) {
        document.values().stream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .flatMap(text -> WORD.matcher(text).results())
                .map(match -> match.group())
                .filter(word -> !words.contains(word))
                .findFirst()
                .ifPresent(words::add);
    }
}
