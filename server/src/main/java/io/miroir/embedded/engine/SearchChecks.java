package io.miroir.embedded.engine;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SortBy;
import io.miroir.api.settings.Patterns;
import io.miroir.api.settings.RankingRule;
import io.miroir.embedded.engine.find.Names;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Refuses what a search may not ask of an index. */
final class SearchChecks {
    private final Snapshot snapshot;
    private final IndexSettings settings;
    private final String where;

    /**
     * Checks for one index.
     *
     * @param where what messages begin with, like {@code "Index `a`: "}
     */
    SearchChecks(Snapshot snapshot, String where) {
        this.snapshot = snapshot;
        this.settings = snapshot.settings();
        this.where = where;
    }

    /** The embedder a search uses; null for a search by words alone. */
    @Nullable Embedder embedder(SearchRequest request, Features features) {
        SearchRequest.Semantic semantic = request.semantic();
        SearchRequest.Hybrid hybrid = semantic.hybrid();
        float[] vector = semantic.vector();
        if (semantic.media() != null && vector != null) {
            throw new ApiException(
                    ErrorCode.INVALID_SEARCH_MEDIA_AND_VECTOR,
                    "Invalid request: both `media` and `vector` parameters are present.");
        }
        if (hybrid == null) {
            if (semantic.media() != null || vector != null) {
                throw new ApiException(
                        ErrorCode.MISSING_SEARCH_HYBRID,
                        "Invalid request: missing `hybrid` parameter when `vector` or `media` are"
                                + " present.");
            }
            return null;
        }
        if (semantic.media() != null) {
            features.require(Feature.MULTIMODAL, "passing `media` in a search query");
        }
        boolean nothing =
                request.matching().isPlaceholder() && vector == null && semantic.media() == null;
        if (hybrid.semanticRatio() == 0 || nothing) {
            return null;
        }
        Embedder embedder =
                embedder(settings, hybrid.embedder(), ErrorCode.INVALID_SEARCH_EMBEDDER);
        if (vector != null && vector.length != embedder.dimensions()) {
            throw new ApiException(
                    ErrorCode.INVALID_VECTOR_DIMENSIONS,
                    "Invalid vector dimensions: expected: `"
                            + embedder.dimensions()
                            + "`, found: `"
                            + vector.length
                            + "`.");
        }
        return embedder;
    }

    /** An embedder by name. */
    static Embedder embedder(IndexSettings settings, String name, ErrorCode code) {
        Embedder embedder = settings.embedders().get(name);
        if (embedder == null) {
            throw new ApiException(code, "Cannot find embedder with name `" + name + "`.");
        }
        return embedder;
    }

    /** The field of which each value is shown once; null for none. */
    @Nullable String distinct(@Nullable String asked) {
        if (asked == null) {
            return settings.distinct();
        }
        int rule = settings.filterableRule(asked);
        if (settings.isFilterable(asked)) {
            return asked;
        }
        SortedSet<String> patterns = settings.filterablePatterns();
        String why;
        if (rule >= 0) {
            why =
                    "Note: this attribute matches rule #"
                            + rule
                            + " in filterableAttributes, but this rule does not enable filtering.\n"
                            + "Hint: enable filtering in rule #"
                            + rule
                            + " by adding appropriate filter features.\nHint: prepend another rule"
                            + " matching "
                            + asked
                            + " with filter features before rule #"
                            + rule;
        } else if (patterns.isEmpty()) {
            why = "This index does not have configured filterable attributes.";
        } else {
            why =
                    "Available filterable attributes patterns are: `"
                            + Names.shown(patterns, settings)
                            + "`.";
        }
        throw new ApiException(
                ErrorCode.INVALID_SEARCH_DISTINCT,
                where
                        + "Attribute `"
                        + asked
                        + "` is not filterable and thus, cannot be used as distinct attribute. "
                        + why);
    }

    /** Throws unless the index can be sorted so. */
    void sort(List<SortBy> sort) {
        if (sort.isEmpty()) {
            return;
        }
        if (!settings.rankingRules().contains(RankingRule.Builtin.SORT)) {
            throw new ApiException(
                    ErrorCode.INVALID_SEARCH_SORT,
                    where
                            + "You must specify where `sort` is listed in the rankingRules setting"
                            + " to use the sort parameter at search time.");
        }
        SortedSet<String> sortable = settings.sortable();
        for (SortBy by : sort) {
            String name = by instanceof SortBy.Field field ? field.name() : "_geo";
            boolean known =
                    by instanceof SortBy.Field
                            ? Patterns.isWithinAny(name, sortable)
                            : sortable.contains(name);
            if (!known) {
                throw new ApiException(
                        ErrorCode.INVALID_SEARCH_SORT,
                        where
                                + "Attribute `"
                                + name
                                + "` is not sortable. "
                                + (sortable.isEmpty()
                                        ? "This index does not have configured sortable"
                                                + " attributes."
                                        : "Available sortable attributes are: `"
                                                + Names.shown(sortable, settings)
                                                + "`."));
            }
        }
    }

    /**
     * Which paths a search looks into.
     *
     * @return by number of the path, whether it does; null for all
     */
    boolean @Nullable [] searchOn(@Nullable List<String> asked) {
        if (asked == null) {
            return null;
        }
        List<String> paths = snapshot.data().paths();
        List<String> defined = settings.searchable();
        boolean[] wanted = new boolean[paths.size()];
        List<String> unknown = new ArrayList<>();
        for (String name : asked) {
            boolean found = name.equals("*") || (defined != null && defined.contains(name));
            for (int i = 0; i < wanted.length; i++) {
                boolean own =
                        name.contains("*")
                                ? Patterns.match(name, paths.get(i)) == Patterns.Match.FULL
                                : name.equals(paths.get(i));
                if (own && settings.weight(paths.get(i)) >= 0) {
                    wanted[i] = true;
                    found = true;
                }
            }
            if (!found && defined != null) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            throw notSearchable(unknown.getFirst());
        }
        return asked.contains("*") ? null : wanted;
    }

    private ApiException notSearchable(String name) {
        SortedSet<String> searchable = new TreeSet<>();
        for (String path : snapshot.data().paths()) {
            if (settings.weight(path) >= 0) {
                searchable.add(path);
            }
        }
        List<String> defined = settings.searchable();
        if (defined != null) {
            searchable.addAll(defined);
        }
        return new ApiException(
                ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_SEARCH_ON,
                where
                        + "Attribute `"
                        + name
                        + "` is not searchable. Available searchable attributes are: `"
                        + Names.shown(searchable, settings)
                        + "`.");
    }
}
