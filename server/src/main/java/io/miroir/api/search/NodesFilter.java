package io.miroir.api.search;

import io.miroir.api.settings.FilterableRule;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterParser;
import io.miroir.core.filter.FilterSyntaxException;
import io.miroir.core.filter.Negations;
import io.miroir.core.filter.Word;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A client's filter in words that each node takes alike, whatever documents it has ({@link
 * Negations}): two copies of a document lie on nodes with different others, and are to stay equal.
 * What may not be filtered is left as it is, because refusals quote it.
 */
public final class NodesFilter {
    private NodesFilter() {}

    /**
     * The filter to send.
     *
     * @param filter as the client sent it, in any of its forms; also what is none
     * @param rules what may be filtered
     */
    public static JsonNode of(JsonNode filter, List<FilterableRule> rules) {
        if (filter.isString()) {
            String expression = filter.stringValue();
            return Negations.possibleIn(expression)
                    ? JsonNodeFactory.instance.stringNode(spelledOut(expression, rules))
                    : filter;
        }
        if (filter.isArray()) {
            ArrayNode parts = JsonNodeFactory.instance.arrayNode();
            filter.forEach(part -> parts.add(of(part, rules)));
            return parts;
        }
        return filter;
    }

    private static String spelledOut(String expression, List<FilterableRule> rules) {
        try {
            Filter filter = FilterParser.parse(expression);
            return filter != null && isAllowed(filter, rules)
                    ? Negations.spelledOut(expression, filter)
                    : expression;
        } catch (FilterSyntaxException wrong) {
            return expression;
        }
    }

    private static boolean isAllowed(Filter filter, List<FilterableRule> rules) {
        return switch (filter) {
            case Filter.And and -> and.parts().stream().allMatch(part -> isAllowed(part, rules));
            case Filter.Or or -> or.parts().stream().allMatch(part -> isAllowed(part, rules));
            case Filter.Not not -> isAllowed(not.part(), rules);
            case Filter.Compare compare ->
                    switch (compare.operator()) {
                        case EQUAL, NOT_EQUAL -> isAllowed(compare.field(), rules, false);
                        case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                                isAllowed(compare.field(), rules, true);
                    };
            case Filter.Between between -> isAllowed(between.field(), rules, true);
            case Filter.In in -> isAllowed(in.field(), rules, false);
            case Filter.Exists exists -> isFilterable(exists.field().text(), rules);
            case Filter.IsNull isNull -> isFilterable(isNull.field().text(), rules);
            case Filter.IsEmpty isEmpty -> isFilterable(isEmpty.field().text(), rules);
            case Filter.StartsWith starts -> isAllowed(starts.field(), rules, false);
            // What nodes refuse of these besides, they quote in our words: that is better than
            // to pass documents over.
            case Filter.Contains contains -> isAllowed(contains.field(), rules, false);
            case Filter.GeoRadius _, Filter.GeoBoundingBox _, Filter.GeoPolygon _ ->
                    isFilterable("_geo", rules) || isFilterable("_geojson", rules);
            case Filter.VectorExists _ -> true;
        };
    }

    private static boolean isFilterable(String path, List<FilterableRule> rules) {
        int rule = FilterableRule.deciding(rules, path);
        return rule >= 0 && rules.get(rule).filterable();
    }

    private static boolean isAllowed(Word field, List<FilterableRule> rules, boolean ordered) {
        int rule = FilterableRule.deciding(rules, field.text());
        return rule >= 0 && (ordered ? rules.get(rule).comparison() : rules.get(rule).equality());
    }
}
