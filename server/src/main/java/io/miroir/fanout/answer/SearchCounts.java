package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How many documents a search finds, and what their facets are.
 *
 * @param distinct the attribute of which each value is shown once
 * @param end of the page
 * @param threshold whether hits are left out as too bad where the page does not reach them
 */
record SearchCounts(FacetsCall facets, @Nullable String distinct, int end, boolean threshold) {
    private static final String DISTRIBUTION = "facetDistribution";

    /** Whether it is known which documents one server counts. */
    boolean isSettled(SearchHits hits) {
        return distinct != null && hits.isSettled(threshold, end);
    }

    /** With a distinct attribute, a document that one server passes over does not count. */
    FacetSums facetSums(
            List<ObjectNode> answers,
            PinnedHits pinned,
            SearchHits hits,
            @Nullable List<ObjectNode> documents) {
        FacetSums sums = new FacetSums();
        answers.forEach(answer -> FacetsCall.add(answer, sums));
        if (documents != null) {
            return sums.of(documents, _ -> true);
        }
        FacetSums counted = sums;
        if (isSettled(hits)) {
            counted = sums.of(hits.kept(), hits.duplicates());
        } else {
            sums.takeOff(hits.duplicates());
        }
        for (ObjectNode answer : pinned.answers()) {
            FacetsCall.add(answer, counted);
        }
        return counted;
    }

    /**
     * With a distinct attribute, values that several nodes have are one hit. If pages are counted
     * the attribute's facet values tell how many; else only the duplicates met are known.
     */
    long total(List<ObjectNode> answers, PinnedHits pinned, SearchHits hits) {
        long sum =
                Stream.concat(answers.stream(), pinned.answers().stream())
                        .mapToLong(Paging::total)
                        .sum();
        String counted = facets.distinct();
        if (counted == null || hits.sawArray() || hits.isWhole()) {
            return sum - hits.duplicates().size();
        }
        long without = sum;
        Set<String> values = new HashSet<>();
        for (ObjectNode answer : answers) {
            JsonNode counts = answer.path(DISTRIBUTION).path(counted);
            without -= counts.size();
            counts.propertyNames().forEach(value -> values.add(FacetText.normalize(value)));
        }
        for (ObjectNode answer : pinned.answers()) {
            JsonNode counts = answer.path(DISTRIBUTION).path(counted);
            // Here a value is shown as often as it is pinned, but it counts once.
            without -= counts.valueStream().mapToLong(JsonNode::asLong).sum();
            counts.propertyNames().forEach(value -> values.add(FacetText.normalize(value)));
        }
        return without >= 0 ? without + values.size() : sum - hits.duplicates().size();
    }
}
