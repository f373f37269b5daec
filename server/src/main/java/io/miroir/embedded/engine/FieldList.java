package io.miroir.embedded.engine;

import io.miroir.api.Json;
import io.miroir.api.indexes.FieldsRequest;
import io.miroir.api.settings.FilterableRule;
import io.miroir.api.settings.Patterns;
import io.miroir.api.settings.RankingRule;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields of an index and what its settings do with each. */
final class FieldList {
    private FieldList() {}

    /** The fields that pass a filter. */
    static List<ObjectNode> of(Snapshot snapshot, ObjectNode filter) {
        return names(snapshot).stream()
                .filter(name -> named(filter.path(FieldsRequest.PATTERNS), name))
                .map(name -> field(name, snapshot.settings()))
                .filter(field -> used(filter, field))
                .toList();
    }

    /** Fields at the top, what is searched or filtered below them, and all in between. */
    private static SortedSet<String> names(Snapshot snapshot) {
        SortedSet<String> names = new TreeSet<>();
        addAll(names, snapshot.facets().fieldDistribution().keySet());
        addAll(names, snapshot.facets().paths());
        addAll(names, snapshot.data().paths());
        return names;
    }

    private static void addAll(SortedSet<String> names, Collection<String> paths) {
        for (String path : paths) {
            names.add(path);
            for (int dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
                names.add(path.substring(0, dot));
            }
        }
    }

    private static boolean named(JsonNode patterns, String name) {
        return !patterns.isArray()
                || patterns.valueStream()
                        .anyMatch(
                                pattern ->
                                        Patterns.match(pattern.stringValue(), name)
                                                == Patterns.Match.FULL);
    }

    private static boolean used(ObjectNode filter, ObjectNode field) {
        return FieldsRequest.USES.stream()
                .filter(filter::hasNonNull)
                .allMatch(
                        use ->
                                filter.path(use).asBoolean()
                                        == field.path(use).path("enabled").asBoolean());
    }

    private static ObjectNode field(String name, IndexSettings settings) {
        ObjectNode field = Json.object().put("name", name);
        enabled(field, "displayed", settings.isDisplayed(name));
        enabled(field, "searchable", isSearched(name, settings));
        enabled(field, "sortable", Patterns.isWithinAny(name, settings.sortable()));
        String distinct = settings.distinct();
        enabled(field, "distinct", distinct != null && Patterns.isWithin(name, distinct));
        RankingRule.ByField rule = rule(name, settings);
        ObjectNode ranking = enabled(field, "rankingRule", rule != null);
        if (rule != null) {
            ranking.put("order", rule.ascending() ? "asc" : "desc");
        }
        addFilterable(field, name, settings);
        ArrayNode locales = field.putObject("localized").putArray("locales");
        locales(name, settings).forEach(locales::add);
        return field;
    }

    private static ObjectNode enabled(ObjectNode field, String use, boolean enabled) {
        return field.putObject(use).put("enabled", enabled);
    }

    // Places are found by their distance only.
    private static boolean isSearched(String name, IndexSettings settings) {
        return settings.weight(name) >= 0
                && (settings.searchable() != null || !Patterns.isWithin(name, "_geo"));
    }

    private static RankingRule.@Nullable ByField rule(String name, IndexSettings settings) {
        for (RankingRule rule : settings.rankingRules()) {
            if (rule instanceof RankingRule.ByField by && Patterns.isWithin(name, by.field())) {
                return by;
            }
        }
        return null;
    }

    private static void addFilterable(ObjectNode field, String name, IndexSettings settings) {
        int at = settings.filterableRule(name);
        @Nullable FilterableRule rule = at < 0 ? null : settings.filterable().get(at);
        boolean facetSearch = rule != null && rule.facetSearch();
        enabled(field, "filterable", facetSearch || (rule != null && rule.filterable()))
                .put("sortBy", settings.isFacetByCount(name) ? "count" : "alpha")
                .put("facetSearch", facetSearch)
                .put("equality", rule != null && rule.equality())
                .put("comparison", rule != null && rule.comparison());
    }

    /** The locales of the first rule about a field, as Meilisearch shows them here: Eng, Fra. */
    private static List<String> locales(String name, IndexSettings settings) {
        for (JsonNode rule : settings.json().path("localizedAttributes")) {
            if (named(rule.path(FieldsRequest.PATTERNS), name)) {
                return rule.path("locales")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .map(
                                code ->
                                        code.substring(0, 1).toUpperCase(Locale.ROOT)
                                                + code.substring(1))
                        .toList();
            }
        }
        return List.of();
    }
}
