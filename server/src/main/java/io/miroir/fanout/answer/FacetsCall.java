package io.miroir.fanout.answer;

import io.miroir.api.search.FacetRules;
import io.miroir.api.settings.FilterableRule;
import io.miroir.api.settings.Patterns;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The facets of one search. */
final class FacetsCall {
    private static final String FACETS = "facets";
    private static final String DISTRIBUTION = "facetDistribution";
    private static final String STATS = "facetStats";
    private static final String STAR = "*";

    private final IndexProfile index;
    private final boolean asked;
    private final List<String> names;
    private final @Nullable String distinct;
    private final boolean distinctAdded;

    private FacetsCall(
            IndexProfile index, boolean asked, List<String> names, @Nullable String distinct) {
        this.index = index;
        this.asked = asked;
        this.names = names;
        this.distinct = distinct;
        this.distinctAdded =
                distinct != null && names.stream().noneMatch(name -> names(name, distinct));
    }

    /**
     * The facets of a search.
     *
     * @param distinct an attribute whose values must be counted besides, if that can be asked
     */
    static FacetsCall of(ObjectNode client, IndexProfile index, @Nullable String distinct) {
        JsonNode facets = client.path(FACETS);
        boolean countable = distinct != null && index.filters(distinct);
        return new FacetsCall(
                index,
                facets.isArray() && !facets.isEmpty(),
                facets.isArray() ? Attributes.names(facets) : List.of(),
                countable ? distinct : null);
    }

    /**
     * Whether a facet is asked by that name or pattern: a name stands for what is in it as well.
     */
    private static boolean names(String pattern, String facet) {
        return Patterns.isWithin(facet, pattern)
                || Patterns.match(pattern, facet) == Patterns.Match.FULL;
    }

    /** The attribute whose values the answers count for the total, if any. */
    @Nullable String distinct() {
        return distinct;
    }

    /** The attribute that is counted for the total alone, if any: the client did not ask for it. */
    @Nullable String unseen() {
        return distinctAdded ? distinct : null;
    }

    /**
     * Nodes never refuse a star: they have filterable fields of ours, whatever the client's are.
     */
    void check() {
        FacetRules.check(index.filterable(), names);
    }

    void writeNodeRequest(ObjectNode request) {
        if (distinctAdded) {
            ArrayNode facets = request.putArray(FACETS);
            names.forEach(facets::add);
            facets.add(distinct);
        }
    }

    /** Attributes that show all facets: everything, where the names of these aren't known. */
    List<String> readAttributes() {
        return readAttributes(names, index);
    }

    /** The same of patterns. */
    static List<String> readAttributes(List<String> patterns, IndexProfile index) {
        boolean unknown =
                patterns.stream().anyMatch(name -> name.contains(STAR))
                        && index.filterable().stream()
                                .flatMap(rule -> rule.patterns().stream())
                                .anyMatch(pattern -> pattern.contains(STAR));
        return unknown ? List.of(STAR) : attributes(patterns, index);
    }

    /** The attributes that patterns name, as far as settings name them without a pattern. */
    private static List<String> attributes(List<String> patterns, IndexProfile index) {
        Set<String> attributes = new LinkedHashSet<>();
        for (String pattern : patterns) {
            if (!pattern.contains(STAR)) {
                attributes.add(pattern);
                continue;
            }
            for (FilterableRule rule : index.filterable()) {
                rule.patterns().stream()
                        .filter(name -> !name.contains(STAR))
                        .filter(name -> Patterns.match(pattern, name) == Patterns.Match.FULL)
                        .forEach(attributes::add);
            }
        }
        return List.copyOf(attributes);
    }

    /**
     * Writes the sums.
     *
     * @param sums of all nodes
     * @param candidates how many documents match on all nodes
     */
    void writeAnswer(FacetSums sums, long candidates, ObjectNode answer) {
        ObjectNode distribution = answer.putObject(DISTRIBUTION);
        ObjectNode ranges = answer.putObject(STATS);
        sums.write(index, candidates, distribution, ranges);
        if (distinctAdded) {
            distribution.remove(distinct);
            ranges.remove(distinct);
        }
    }

    /** Whether the client asked for any. */
    boolean isAsked() {
        return asked;
    }

    /** Adds what a node counted. */
    static void add(ObjectNode answer, FacetSums sums) {
        sums.add(answer.path(DISTRIBUTION), answer.path(STATS));
    }
}
