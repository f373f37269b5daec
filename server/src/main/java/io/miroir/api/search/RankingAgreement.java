package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.CanonicalRules.Kind;
import io.miroir.api.search.CanonicalRules.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses a query whose hits can't be compared with those of the queries before it. */
public final class RankingAgreement {
    private @Nullable Ranked strictest;

    /**
     * A query.
     *
     * @param position that is told of it
     */
    private record Ranked(CanonicalRules rules, long position, String indexUid) {}

    /**
     * Adds a query.
     *
     * @throws ApiException if its rules are of other kinds than those of a query before it
     */
    public void add(CanonicalRules rules, long position, String indexUid) {
        Ranked query = new Ranked(rules, position, indexUid);
        Ranked before = strictest;
        if (before == null) {
            strictest = query;
            return;
        }
        List<Step> earlier = before.rules.steps();
        List<Step> steps = rules.steps();
        for (int i = 0; i < Math.min(steps.size(), earlier.size()); i++) {
            if (steps.get(i).kind() != earlier.get(i).kind()) {
                throw refusal(before, earlier.get(i), query, steps.get(i));
            }
        }
        strictest = earlier.size() > steps.size() ? before : query;
    }

    private static ApiException refusal(Ranked before, Step earlier, Ranked query, Step step) {
        return new ApiException(
                ErrorCode.INVALID_MULTI_SEARCH_QUERY_RANKING_RULES,
                "The results of queries #"
                        + before.position
                        + " and #"
                        + query.position
                        + " are incompatible: \n  1. "
                        + before.rules.told(earlier, before.position, before.indexUid)
                        + "\n  2. "
                        + query.rules.told(step, query.position, query.indexUid)
                        + "\n  - "
                        + reason(earlier.kind(), step.kind())
                        + "\n"
                        + notes(before)
                        + notes(query));
    }

    private static String notes(Ranked query) {
        String notes = query.rules.notes();
        return notes.isEmpty()
                ? ""
                : "  - note: The ranking rules of query #"
                        + query.position
                        + " were modified during canonicalization:\n"
                        + notes;
    }

    private static String reason(Kind one, Kind other) {
        boolean geo = isGeo(one) || isGeo(other);
        if (one == Kind.RELEVANCY || other == Kind.RELEVANCY) {
            return "cannot compare a relevancy rule with a " + (geo ? "geosort" : "sort") + " rule";
        }
        if (isGeo(one) != isGeo(other)) {
            return "cannot compare a sort rule with a geosort rule";
        }
        return "cannot compare two " + (geo ? "geosort" : "sort") + " rules in opposite directions";
    }

    private static boolean isGeo(Kind kind) {
        return kind == Kind.GEO_ASCENDING || kind == Kind.GEO_DESCENDING;
    }
}
