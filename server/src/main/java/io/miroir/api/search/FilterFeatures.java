package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.Word;

/** Refuses filters that need an experimental feature which is off. */
public final class FilterFeatures {
    private FilterFeatures() {}

    /** Throws if the filter uses what {@code features} do not allow. */
    public static void check(Filter filter, SearchFeatures features) {
        switch (filter) {
            case Filter.And and -> and.parts().forEach(part -> check(part, features));
            case Filter.Or or -> or.parts().forEach(part -> check(part, features));
            case Filter.Not not -> check(not.part(), features);
            case Filter.Contains contains -> {
                if (!features.containsFilter()) {
                    throw off(
                            contains.keyword(),
                            "Using `CONTAINS` in a filter requires enabling the `contains filter`"
                                    + " experimental feature. See"
                                    + " https://github.com/orgs/meilisearch/discussions/763");
                }
            }
            case Filter.VectorExists vectors -> {
                if (!features.multimodal()) {
                    throw off(
                            vectors.keyword(),
                            "using a vector filter requires enabling the `multimodal` experimental"
                                    + " feature. See"
                                    + " https://github.com/orgs/meilisearch/discussions/846");
                }
            }
            case Filter.Compare _,
                    Filter.Between _,
                    Filter.In _,
                    Filter.Exists _,
                    Filter.IsNull _,
                    Filter.IsEmpty _,
                    Filter.StartsWith _,
                    Filter.GeoRadius _,
                    Filter.GeoBoundingBox _,
                    Filter.GeoPolygon _ -> {}
        }
    }

    private static ApiException off(Word where, String problem) {
        return new ApiException(ErrorCode.FEATURE_NOT_ENABLED, where.complain(problem));
    }
}
