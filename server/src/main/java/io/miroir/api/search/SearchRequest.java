package io.miroir.api.search;

import static io.miroir.api.strict.Shape.notNull;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A validated search on one index. */
public record SearchRequest(
        Matching matching,
        Selection selection,
        Paging paging,
        Display display,
        Scoring scoring,
        Semantic semantic,
        Extras extras) {

    /**
     * What is looked for.
     *
     * @param q the query as written; null without one
     * @param attributesToSearchOn the only attributes to look into; null for all searchable ones
     * @param locales languages of the query; null to detect them
     */
    public record Matching(
            @Nullable String q,
            MatchingStrategy strategy,
            @Nullable List<String> attributesToSearchOn,
            @Nullable List<String> locales) {

        /** Whether there is nothing to look for, so that every document matches. */
        public boolean isPlaceholder() {
            return q == null || q.isBlank();
        }
    }

    /**
     * Which documents may be found, in which order, and what is counted over them.
     *
     * @param filter the filter as sent; {@link FilterInput} parses it
     * @param sort expressions as sent; {@link SortBy} parses them; null for none
     * @param distinct the attribute of which each value is shown once; null for the setting's
     * @param facets patterns of attributes to count values of; null for none
     */
    public record Selection(
            @Nullable JsonNode filter,
            @Nullable List<String> sort,
            @Nullable String distinct,
            @Nullable List<String> facets) {}

    /**
     * Which hits are shown: an offset and a limit, or (if either of the last two is there) a page.
     *
     * @param page from 1; 0 shows nothing
     */
    public record Paging(long offset, long limit, @Nullable Long page, @Nullable Long hitsPerPage) {
        /** Hits shown when nobody says how many. */
        public static final long LIMIT_DEFAULT = 20;

        /** Whether the answer speaks of pages and counts exhaustively. */
        public boolean isPaged() {
            return page != null || hitsPerPage != null;
        }

        /** Hits skipped. */
        public long skipped() {
            if (!isPaged()) {
                return offset;
            }
            return Math.max(0, pageNumber() - 1) * pageSize();
        }

        /** Hits shown at most. */
        public long shown() {
            if (!isPaged()) {
                return limit;
            }
            return pageNumber() == 0 ? 0 : pageSize();
        }

        /** The page asked for, from 1. */
        public long pageNumber() {
            return page == null ? 1 : page;
        }

        /** Hits on a page. */
        public long pageSize() {
            return hitsPerPage == null ? LIMIT_DEFAULT : hitsPerPage;
        }
    }

    /**
     * What is shown of a hit.
     *
     * @param attributesToRetrieve null for all displayed attributes
     * @param format how {@code _formatted} is made
     */
    public record Display(
            @Nullable Set<String> attributesToRetrieve,
            boolean retrieveVectors,
            boolean showMatchesPosition,
            Format format) {}

    /**
     * Cropping and highlighting.
     *
     * @param crop attributes to crop, each maybe followed by {@code :length}; null for none
     * @param cropLength words kept
     * @param highlight attributes to highlight; null for none
     */
    public record Format(
            @Nullable List<String> crop,
            long cropLength,
            String cropMarker,
            @Nullable Set<String> highlight,
            String preTag,
            String postTag) {
        /** Neither crops nor highlights. */
        public static final Format NONE = new Format(null, 10, "…", null, "<em>", "</em>");
    }

    /**
     * What is told of scores.
     *
     * @param threshold lowest score of a hit, 0 to 1; null for any
     */
    public record Scoring(boolean show, boolean showDetails, @Nullable Double threshold) {}

    /**
     * The part of vectors in a search.
     *
     * @param hybrid null for a search by words alone
     * @param vector the query's own vector; null for none
     * @param media data for the embedder; null for none
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; copied nowhere.
    public record Semantic(
            @Nullable Hybrid hybrid, float @Nullable [] vector, @Nullable JsonNode media) {
        /** A search by words alone. */
        public static final Semantic NONE = new Semantic(null, null, null);
    }

    /**
     * How words and vectors share a search.
     *
     * @param semanticRatio 0 for words alone, 1 for vectors alone
     */
    public record Hybrid(double semanticRatio, String embedder) {
        static final double RATIO_DEFAULT = 0.5;
    }

    /**
     * Parameters of experimental features and diagnostics.
     *
     * @param personalize the user's description; null for none
     */
    public record Extras(
            @Nullable String personalize,
            @Nullable Boolean useNetwork,
            boolean showPerformanceDetails) {}

    static final Shape HYBRID =
            Shape.of(
                    ErrorCode.INVALID_SEARCH_HYBRID_QUERY,
                    notNull(
                            "semanticRatio",
                            ErrorCode.INVALID_SEARCH_SEMANTIC_RATIO,
                            SearchRequest::semanticRatio),
                    Shape.required(
                            "embedder",
                            ErrorCode.INVALID_SEARCH_EMBEDDER,
                            Check.STRING,
                            ErrorCode.INVALID_SEARCH_HYBRID_QUERY));

    private static final Shape PERSONALIZE =
            Shape.of(
                    ErrorCode.INVALID_SEARCH_PERSONALIZE,
                    Shape.required(
                            "userContext",
                            ErrorCode.INVALID_SEARCH_PERSONALIZE_USER_CONTEXT,
                            Check.STRING,
                            ErrorCode.INVALID_SEARCH_PERSONALIZE));

    private static final Shape BODY = Shape.of(SearchFields.all());

    /** Reads the body of a POST. */
    public static SearchRequest fromBody(JsonNode body) {
        BODY.check(StrictValue.body(body));
        return fromValid(body);
    }

    /** The same search with another filter. */
    public SearchRequest filteredBy(@Nullable JsonNode filter) {
        return new SearchRequest(
                matching,
                new Selection(filter, selection.sort(), selection.distinct(), selection.facets()),
                paging,
                display,
                scoring,
                semantic,
                extras);
    }

    /** Reads the parameters of a GET, in the client's order. */
    public static SearchRequest fromParameters(Map<String, String> parameters) {
        return fromValid(SearchParameters.toBody(parameters));
    }

    /** The body that says what the parameters of a GET say. */
    public static ObjectNode bodyOf(Map<String, String> parameters) {
        return SearchParameters.toBody(parameters);
    }

    /** Reads a body that has been validated already. */
    static SearchRequest fromValid(JsonNode body) {
        Fields f = new Fields(body);
        String strategy = f.text("matchingStrategy", "last");
        JsonNode personalize = f.raw("personalize");
        return new SearchRequest(
                new Matching(
                        f.text("q"),
                        MatchingStrategy.of(strategy),
                        f.list("attributesToSearchOn"),
                        f.list("locales")),
                new Selection(
                        f.raw("filter"), f.list("sort"), f.text("distinct"), f.list("facets")),
                paging(f),
                new Display(
                        f.set("attributesToRetrieve"),
                        f.flag("retrieveVectors"),
                        f.flag("showMatchesPosition"),
                        format(f)),
                new Scoring(
                        f.flag("showRankingScore"),
                        f.flag("showRankingScoreDetails"),
                        f.number("rankingScoreThreshold")),
                new Semantic(hybrid(f.raw("hybrid")), f.vector("vector"), f.raw("media")),
                new Extras(
                        personalize == null ? null : personalize.get("userContext").stringValue(),
                        f.optionalFlag("useNetwork"),
                        f.flag("showPerformanceDetails")));
    }

    static Paging paging(Fields f) {
        return new Paging(
                f.count("offset", 0),
                f.count("limit", Paging.LIMIT_DEFAULT),
                f.optionalCount("page"),
                f.optionalCount("hitsPerPage"));
    }

    private static Format format(Fields f) {
        return new Format(
                f.list("attributesToCrop"),
                f.count("cropLength", Format.NONE.cropLength()),
                f.text("cropMarker", Format.NONE.cropMarker()),
                f.set("attributesToHighlight"),
                f.text("highlightPreTag", Format.NONE.preTag()),
                f.text("highlightPostTag", Format.NONE.postTag()));
    }

    static @Nullable Hybrid hybrid(@Nullable JsonNode node) {
        if (node == null) {
            return null;
        }
        JsonNode ratio = node.get("semanticRatio");
        return new Hybrid(
                ratio == null ? Hybrid.RATIO_DEFAULT : (double) (float) ratio.doubleValue(),
                node.get("embedder").stringValue());
    }

    static void semanticRatio(StrictValue value) {
        SearchFields.fraction(value, value.number(), "semanticRatio");
    }

    static Shape personalize() {
        return PERSONALIZE;
    }
}
