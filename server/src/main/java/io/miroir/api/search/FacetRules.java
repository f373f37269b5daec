package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.settings.FilterableRule;
import io.miroir.api.settings.Patterns;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Refuses facets of attributes that are not filterable. */
public final class FacetRules {
    private FacetRules() {}

    /**
     * Checks what facets are asked of.
     *
     * @param rules the index's {@code filterableAttributes}
     * @param patterns what facets are asked of
     * @throws ApiException with {@link ErrorCode#INVALID_SEARCH_FACETS}
     */
    public static void check(List<FilterableRule> rules, List<String> patterns) {
        for (String pattern : patterns) {
            if (!knows(rules, pattern)) {
                throw notFilterable(rules, pattern);
            }
        }
    }

    /** Whether facets can be asked of that. */
    public static boolean knows(List<FilterableRule> rules, String pattern) {
        return rules.stream().anyMatch(rule -> rule.filterable() && meets(rule, pattern));
    }

    private static boolean meets(FilterableRule rule, String pattern) {
        for (String own : rule.patterns()) {
            boolean meets =
                    rule.plain()
                            ? Patterns.matchNested(pattern, own) != Patterns.Match.NONE
                            : Patterns.match(own, pattern) != Patterns.Match.NONE
                                    || Patterns.match(pattern, own) != Patterns.Match.NONE;
            if (meets) {
                return true;
            }
        }
        return false;
    }

    private static ApiException notFilterable(List<FilterableRule> rules, String pattern) {
        int rule = FilterableRule.deciding(rules, pattern);
        SortedSet<String> patterns =
                rules.stream()
                        .filter(FilterableRule::filterable)
                        .flatMap(known -> known.patterns().stream())
                        .collect(Collectors.toCollection(TreeSet::new));
        String problem;
        if (rule >= 0) {
            problem =
                    "Attribute `"
                            + pattern
                            + "` matched rule #"
                            + rule
                            + " in filterableAttributes, but this rule does not enable filtering.\n"
                            + "Hint: enable filtering in rule #"
                            + rule
                            + " by modifying the features.filter object\nHint: prepend another rule"
                            + " matching `"
                            + pattern
                            + "` with appropriate filter features before rule #"
                            + rule;
        } else if (patterns.isEmpty()) {
            problem =
                    "Pattern `"
                            + pattern
                            + "` is not filterable. This index does not have configured filterable"
                            + " attributes.";
        } else {
            problem =
                    "Pattern `"
                            + pattern
                            + "` is not filterable. Available filterable attributes patterns are:"
                            + " `"
                            + String.join(", ", patterns)
                            + "`.";
        }
        return new ApiException(
                ErrorCode.INVALID_SEARCH_FACETS, "Invalid facet distribution: " + problem);
    }
}
