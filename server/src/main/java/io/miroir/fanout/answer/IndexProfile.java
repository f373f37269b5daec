package io.miroir.fanout.answer;

import io.miroir.api.settings.FilterableRule;
import io.miroir.api.settings.RankingRule;
import io.miroir.api.settings.Setting;
import io.miroir.core.merge.FacetSum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What of an index matters to asking and merging. It is the client's view: the settings that nodes
 * have are derived from it.
 *
 * @param uid the index as the client calls it
 * @param physicalUid the index as nodes call it
 * @param primaryKey null while none is known
 * @param distinct the distinct attribute of the settings
 * @param displayed what clients may see; null for everything
 * @param filterable the rules of what may be filtered and counted
 * @param rankingRules as the client has them, without the rule of ours
 * @param attributes how many searchable attributes the rules tell apart
 * @param facetValuesMax how many values of a facet a client sees
 * @param facetOrders the order of a facet's values by its name; {@code *} for all others
 * @param totalHitsMax how deep a client may page
 */
public record IndexProfile(
        String uid,
        String physicalUid,
        @Nullable String primaryKey,
        @Nullable String distinct,
        @Nullable List<String> displayed,
        List<FilterableRule> filterable,
        List<RankingRule> rankingRules,
        int attributes,
        int facetValuesMax,
        Map<String, FacetSum.Order> facetOrders,
        int totalHitsMax) {
    private static final int FACET_VALUES_DEFAULT = 100;
    private static final int TOTAL_HITS_DEFAULT = 1_000;

    /**
     * Reads the client's settings; what they leave out has Meilisearch's default.
     *
     * @param settings the settings as {@code GET /indexes/{uid}/settings} answers them
     */
    public static IndexProfile of(
            String uid, String physicalUid, @Nullable String primaryKey, JsonNode settings) {
        JsonNode distinct = settings.path("distinctAttribute");
        List<String> displayed = strings(settings.path("displayedAttributes"));
        JsonNode faceting = settings.path("faceting");
        return new IndexProfile(
                uid,
                physicalUid,
                primaryKey,
                distinct.isString() ? distinct.asString() : null,
                !settings.path("displayedAttributes").isArray() || displayed.contains("*")
                        ? null
                        : displayed,
                FilterableRule.allOf(settings),
                rankingRules(settings.path("rankingRules")),
                attributes(strings(settings.path("searchableAttributes"))),
                number(faceting.path("maxValuesPerFacet"), FACET_VALUES_DEFAULT),
                orders(faceting.path("sortFacetValuesBy")),
                number(settings.path("pagination").path("maxTotalHits"), TOTAL_HITS_DEFAULT));
    }

    /** How the values of a facet are ordered. */
    public FacetSum.Order facetOrder(String facet) {
        FacetSum.Order order = facetOrders.get(facet);
        return order != null ? order : facetOrders.getOrDefault("*", FacetSum.Order.ALPHA);
    }

    /** True if clients may see the attribute, or something inside it. */
    public boolean displays(String attribute) {
        return displayed == null || Attributes.covers(displayed, attribute);
    }

    /**
     * True if clients may see the attribute under this very name, which requests are to use: what
     * is inside one that they may see is shown with it, but has another name.
     */
    public boolean displaysNamed(String attribute) {
        return displayed == null || displayed.contains(attribute);
    }

    /** True if the attribute is filterable under its own name or a pattern. */
    public boolean filters(String attribute) {
        int rule = FilterableRule.deciding(filterable, attribute);
        return rule >= 0 && filterable.get(rule).filterable();
    }

    private static int attributes(List<String> searchable) {
        return searchable.contains("*") ? 1 : Math.max(1, searchable.size());
    }

    private static List<RankingRule> rankingRules(JsonNode rules) {
        JsonNode known = rules.isArray() ? rules : Setting.RANKING_RULES.defaultValue();
        return known.valueStream().map(rule -> RankingRule.of(rule.asString())).toList();
    }

    private static List<String> strings(JsonNode array) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array) {
            texts.add(element.asString());
        }
        return List.copyOf(texts);
    }

    private static Map<String, FacetSum.Order> orders(JsonNode byFacet) {
        Map<String, FacetSum.Order> orders = new HashMap<>();
        byFacet.properties()
                .forEach(
                        e ->
                                orders.put(
                                        e.getKey(),
                                        e.getValue().asString("").equals("count")
                                                ? FacetSum.Order.COUNT
                                                : FacetSum.Order.ALPHA));
        return Map.copyOf(orders);
    }

    private static int number(JsonNode value, int otherwise) {
        return value.isIntegralNumber()
                ? (int) Math.min(Integer.MAX_VALUE, value.asLong())
                : otherwise;
    }
}
