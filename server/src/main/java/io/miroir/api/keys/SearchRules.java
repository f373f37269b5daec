package io.miroir.api.keys;

import io.miroir.api.IndexUid;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * What a tenant token may search: indexes by pattern, each maybe with a filter that is added to
 * every search.
 *
 * @param filters per pattern the rule's filter; JSON null for none
 */
public record SearchRules(Map<IndexPattern, JsonNode> filters) {
    public SearchRules {
        filters = Map.copyOf(filters);
    }

    /** Whether the index may be searched. */
    public boolean allows(String indexUid) {
        return filters.keySet().stream().anyMatch(pattern -> pattern.matches(indexUid));
    }

    /** The filter for an index: that of the most exact pattern. */
    public Optional<JsonNode> filterFor(String indexUid) {
        return filters.entrySet().stream()
                .filter(rule -> rule.getKey().matches(indexUid))
                .max(Comparator.comparingInt(rule -> exactness(rule.getKey())))
                .map(Map.Entry::getValue)
                .filter(filter -> !filter.isNull());
    }

    /** Names of indexes win over patterns, long patterns over short ones. */
    private static int exactness(IndexPattern pattern) {
        int length = pattern.text().length();
        return pattern.isExact() ? Integer.MAX_VALUE - IndexUid.BYTES_MAX + length : length;
    }

    /** The patterns, sorted, for messages. */
    List<String> patterns() {
        return filters.keySet().stream().map(IndexPattern::text).sorted().toList();
    }

    /** Reads the {@code searchRules} of a token; empty if they are malformed. */
    static Optional<SearchRules> of(JsonNode rules) {
        Map<IndexPattern, JsonNode> filters = new LinkedHashMap<>();
        if (rules.isArray()) {
            for (JsonNode pattern : rules) {
                if (!pattern.isString() || !IndexPattern.isValid(pattern.stringValue())) {
                    return Optional.empty();
                }
                filters.put(new IndexPattern(pattern.stringValue()), NullNode.instance);
            }
            return Optional.of(new SearchRules(filters));
        }
        if (!rules.isObject()) {
            return Optional.empty();
        }
        for (Map.Entry<String, JsonNode> rule : rules.properties()) {
            JsonNode value = rule.getValue();
            boolean fits = value.isNull() || value.isObject();
            if (!fits || !IndexPattern.isValid(rule.getKey())) {
                return Optional.empty();
            }
            JsonNode filter = value.path("filter");
            filters.put(
                    new IndexPattern(rule.getKey()),
                    filter.isMissingNode() ? NullNode.instance : filter);
        }
        return Optional.of(new SearchRules(filters));
    }
}
