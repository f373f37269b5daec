package io.miroir.api.keys;

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
    /** Names of indexes win over patterns, long patterns over short ones. */
    private static final Comparator<IndexPattern> EXACTNESS =
            Comparator.comparing(IndexPattern::isExact)
                    .thenComparingInt(pattern -> pattern.text().length());

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
                .max(Map.Entry.comparingByKey(EXACTNESS))
                .map(Map.Entry::getValue)
                .filter(filter -> !filter.isNull());
    }

    /** The patterns, sorted, for messages. */
    List<String> patterns() {
        return filters.keySet().stream().map(IndexPattern::text).sorted().toList();
    }

    /**
     * Reads the {@code searchRules} of a token; empty if they are malformed. Patterns are any
     * texts: one that is no index's name matches none.
     */
    static Optional<SearchRules> of(JsonNode rules) {
        Map<IndexPattern, JsonNode> filters = new LinkedHashMap<>();
        if (rules.isArray()) {
            for (JsonNode pattern : rules) {
                if (!pattern.isString()) {
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
            Optional<JsonNode> filter = filter(rule.getValue());
            if (filter.isEmpty()) {
                return Optional.empty();
            }
            filters.put(new IndexPattern(rule.getKey()), filter.get());
        }
        return Optional.of(new SearchRules(filters));
    }

    /** The filter of one rule, which may also be the only element of an array. */
    private static Optional<JsonNode> filter(JsonNode rule) {
        if (rule.isNull()) {
            return Optional.of(NullNode.instance);
        }
        if (rule.isArray()) {
            return rule.size() == 1 ? Optional.of(rule.get(0)) : Optional.empty();
        }
        JsonNode filter = rule.path("filter");
        return rule.isObject()
                ? Optional.of(filter.isMissingNode() ? NullNode.instance : filter)
                : Optional.empty();
    }
}
