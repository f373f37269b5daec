package io.miroir.api.settings;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One entry of {@code filterableAttributes}.
 *
 * @param patterns the attributes it is about
 * @param plain whether it is a mere name, which stands for what is nested in it as well
 * @param facetSearch whether values may be searched
 * @param equality whether =, != and IN may be used
 * @param comparison whether order comparisons may be used
 */
public record FilterableRule(
        List<String> patterns,
        boolean plain,
        boolean facetSearch,
        boolean equality,
        boolean comparison) {

    /** Those of an index, by its settings as clients see them. */
    public static List<FilterableRule> allOf(JsonNode settings) {
        return settings.path("filterableAttributes").valueStream().map(FilterableRule::of).toList();
    }

    /** Reads an entry. */
    public static FilterableRule of(JsonNode json) {
        if (json.isString()) {
            return new FilterableRule(List.of(json.stringValue()), true, true, true, true);
        }
        List<String> patterns = new ArrayList<>();
        json.path("attributePatterns").forEach(p -> patterns.add(p.stringValue()));
        JsonNode features = json.path("features");
        JsonNode filter = features.path("filter");
        return new FilterableRule(
                List.copyOf(patterns),
                false,
                features.path("facetSearch").asBoolean(false),
                filter.path("equality").asBoolean(true),
                filter.path("comparison").asBoolean(false));
    }

    /** The place of the rule that decides about a path: the first that matches; -1 for none. */
    public static int deciding(List<FilterableRule> rules, String path) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).match(path) == Patterns.Match.FULL) {
                return i;
            }
        }
        return -1;
    }

    /** Whether any filter at all may be used. */
    public boolean filterable() {
        return equality || comparison;
    }

    /** What a path is to this rule. */
    public Patterns.Match match(String path) {
        Patterns.Match best = Patterns.Match.NONE;
        for (String pattern : patterns) {
            Patterns.Match match =
                    plain ? Patterns.matchNested(pattern, path) : Patterns.match(pattern, path);
            best = match.compareTo(best) > 0 ? match : best;
        }
        return best;
    }
}
