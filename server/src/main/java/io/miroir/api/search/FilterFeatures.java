package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.Word;

/** Refuses filters that need an experimental feature which is off. */
public final class FilterFeatures {
    private FilterFeatures() {}

    /** Throws if the filter uses what {@code features} do not allow. */
    public static void check(Filter filter, Features features) {
        switch (filter) {
            case Filter.And and -> and.parts().forEach(part -> check(part, features));
            case Filter.Or or -> or.parts().forEach(part -> check(part, features));
            case Filter.Not not -> check(not.part(), features);
            case Filter.Contains contains -> {
                if (!features.isOn(Feature.CONTAINS_FILTER)) {
                    throw off(
                            contains.keyword(),
                            Feature.CONTAINS_FILTER.offText("Using `CONTAINS` in a filter"));
                }
            }
            case Filter.VectorExists vectors -> {
                if (!features.isOn(Feature.MULTIMODAL)) {
                    throw off(
                            vectors.keyword(), Feature.MULTIMODAL.offText("using a vector filter"));
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
