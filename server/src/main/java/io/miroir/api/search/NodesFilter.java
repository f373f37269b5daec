package io.miroir.api.search;

import io.miroir.api.settings.FilterableRule;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterParser;
import io.miroir.core.filter.FilterSyntaxException;
import io.miroir.core.filter.Negations;
import io.miroir.core.filter.Word;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A client's filter in words that each node takes alike, whatever documents it has ({@link
 * Negations}): two copies of a document lie on nodes with different others, and are to stay equal.
 * What may not be filtered is left as it is, because refusals quote it.
 */
public final class NodesFilter {
    private static final double LATITUDE_MAX = 90;
    private static final double LONGITUDE_MAX = 180;

    private NodesFilter() {}

    /**
     * The filter to send.
     *
     * @param filter as the client sent it, in any of its forms; also what is none
     * @param rules what may be filtered
     */
    public static JsonNode of(JsonNode filter, List<FilterableRule> rules) {
        return possibleIn(filter) && isAllowed(filter, rules) ? spelledOut(filter) : filter;
    }

    /**
     * The fields of which the filter wants another value than one; none where nodes refuse it.
     *
     * @param rules what may be filtered
     */
    public static Set<String> negated(JsonNode filter, List<FilterableRule> rules) {
        Set<String> fields = new HashSet<>();
        if (isAllowed(filter, rules)) {
            addNegated(filter, fields);
        }
        return fields;
    }

    private static void addNegated(JsonNode filter, Set<String> fields) {
        if (filter.isArray()) {
            filter.forEach(part -> addNegated(part, fields));
            return;
        }
        Filter parsed = FilterParser.parse(filter.stringValue());
        if (parsed != null) {
            fields.addAll(Negations.fields(parsed));
        }
    }

    /**
     * The filter where nothing is found by another value of some fields, as on a server that has no
     * document with them.
     *
     * @param filter of which {@link #negated} named these
     */
    public static JsonNode withNothingOf(JsonNode filter, Set<String> fields) {
        if (filter.isArray()) {
            ArrayNode parts = JsonNodeFactory.instance.arrayNode();
            filter.forEach(part -> parts.add(withNothingOf(part, fields)));
            return parts;
        }
        String expression = filter.stringValue();
        Filter parsed = FilterParser.parse(expression);
        return parsed == null
                ? filter
                : JsonNodeFactory.instance.stringNode(
                        Negations.withNothingOf(expression, parsed, fields::contains));
    }

    /**
     * Whether a filter may want another value than one: a glance that spares the reading of most.
     */
    public static boolean possibleIn(JsonNode filter) {
        return filter.isString()
                ? Negations.possibleIn(filter.stringValue())
                : filter.isArray() && filter.valueStream().anyMatch(NodesFilter::possibleIn);
    }

    /** Whether nodes refuse no part of it: what is wrong they quote with all the rest. */
    private static boolean isAllowed(JsonNode filter, List<FilterableRule> rules) {
        if (filter.isArray()) {
            return filter.valueStream().allMatch(part -> isAllowed(part, rules));
        }
        if (!filter.isString()) {
            return false;
        }
        try {
            Filter parsed = FilterParser.parse(filter.stringValue());
            return parsed == null || isAllowed(parsed, rules);
        } catch (FilterSyntaxException wrong) {
            return false;
        }
    }

    private static JsonNode spelledOut(JsonNode filter) {
        if (filter.isArray()) {
            ArrayNode parts = JsonNodeFactory.instance.arrayNode();
            filter.forEach(part -> parts.add(spelledOut(part)));
            return parts;
        }
        String expression = filter.stringValue();
        Filter parsed = FilterParser.parse(expression);
        return parsed != null && Negations.possibleIn(expression)
                ? JsonNodeFactory.instance.stringNode(Negations.spelledOut(expression, parsed))
                : filter;
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
            case Filter.GeoRadius radius ->
                    isGeo(rules)
                            && isWithin(radius.latitude(), LATITUDE_MAX)
                            && isWithin(radius.longitude(), LONGITUDE_MAX);
            case Filter.GeoBoundingBox box ->
                    isGeo(rules)
                            && isWithin(box.top(), LATITUDE_MAX)
                            && isWithin(box.bottom(), LATITUDE_MAX)
                            && isWithin(box.left(), LONGITUDE_MAX)
                            && isWithin(box.right(), LONGITUDE_MAX)
                            && number(box.top()) >= number(box.bottom());
            case Filter.GeoPolygon _ -> isNamed("_geojson", rules);
            case Filter.VectorExists _ -> true;
            // Of those that are left nodes say what is wrong.
            case Filter.Foreign _ -> false;
        };
    }

    private static boolean isFilterable(String path, List<FilterableRule> rules) {
        int rule = FilterableRule.deciding(rules, path);
        return rule >= 0 && rules.get(rule).filterable();
    }

    private static boolean isGeo(List<FilterableRule> rules) {
        return isNamed("_geo", rules) || isNamed("_geojson", rules);
    }

    private static boolean isWithin(Word degrees, double max) {
        // Not a number is within nothing.
        return Math.abs(number(degrees)) <= max;
    }

    private static double number(Word word) {
        try {
            return Double.parseDouble(word.text());
        } catch (NumberFormatException none) {
            return Double.NaN;
        }
    }

    /** A pattern does not make places filterable. */
    private static boolean isNamed(String field, List<FilterableRule> rules) {
        return rules.stream().anyMatch(rule -> rule.plain() && rule.patterns().contains(field));
    }

    private static boolean isAllowed(Word field, List<FilterableRule> rules, boolean ordered) {
        int rule = FilterableRule.deciding(rules, field.text());
        return rule >= 0 && (ordered ? rules.get(rule).comparison() : rules.get(rule).equality());
    }
}
