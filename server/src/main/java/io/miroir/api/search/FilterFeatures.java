package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.Word;
import java.util.List;

/** Refuses filters that need an experimental feature which is off. */
public final class FilterFeatures {
    private FilterFeatures() {}

    /** Throws if the filter uses what {@code features} do not allow. */
    public static void check(Filter filter, Features features) {
        // Wherever they stand in it.
        for (Feature feature : List.of(Feature.CONTAINS_FILTER, Feature.MULTIMODAL)) {
            if (!features.isOn(feature)) {
                refuse(filter, feature);
            }
        }
    }

    private static void refuse(Filter filter, Feature off) {
        switch (filter) {
            case Filter.And and -> and.parts().forEach(part -> refuse(part, off));
            case Filter.Or or -> or.parts().forEach(part -> refuse(part, off));
            case Filter.Not not -> refuse(not.part(), off);
            case Filter.Contains contains -> {
                if (off == Feature.CONTAINS_FILTER) {
                    throw off(contains.keyword(), off.offText("Using `CONTAINS` in a filter"));
                }
            }
            case Filter.VectorExists vectors -> {
                if (off == Feature.MULTIMODAL) {
                    throw off(vectors.keyword(), off.offText("using a vector filter"));
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
