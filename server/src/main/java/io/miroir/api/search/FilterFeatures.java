package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterFields;
import io.miroir.core.filter.FilterParts;
import io.miroir.core.filter.Word;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Refuses filters that need an experimental feature which is off, or what a route can't do. */
public final class FilterFeatures {
    /** What Meilisearch calls the shard of a document in its own network. */
    private static final String SHARD = "_shard";

    private FilterFeatures() {}

    /**
     * Throws if the filter uses what {@code features} do not allow, wherever it stands. One feature
     * is looked at after the other, in Meilisearch's order.
     */
    public static void check(Filter filter, Features features) {
        require(
                features,
                Feature.CONTAINS_FILTER,
                "Using `CONTAINS` in a filter",
                () -> first(filter, Filter.Contains.class, Filter.Contains::keyword));
        require(
                features,
                Feature.FOREIGN_KEYS,
                "using a foreign filter",
                // Of several Meilisearch finds the last first.
                () -> FilterParts.foreign(filter).map(Filter.Foreign::field).reduce((_, b) -> b));
        require(
                features,
                Feature.NETWORK,
                "using a shard filter",
                () ->
                        FilterFields.of(filter)
                                .filter(field -> field.text().equals(SHARD))
                                .findFirst());
        require(
                features,
                Feature.MULTIMODAL,
                "using a vector filter",
                () -> first(filter, Filter.VectorExists.class, Filter.VectorExists::keyword));
    }

    private static void require(
            Features features, Feature feature, String doing, Supplier<Optional<Word>> use) {
        if (features.isOn(feature)) {
            return;
        }
        use.get()
                .ifPresent(
                        word -> {
                            throw new ApiException(
                                    ErrorCode.FEATURE_NOT_ENABLED,
                                    word.complain(feature.offText(doing)));
                        });
    }

    private static <T extends Filter> Optional<Word> first(
            Filter filter, Class<T> kind, Function<T, Word> word) {
        return FilterParts.all(filter)
                .filter(kind::isInstance)
                .map(kind::cast)
                .map(word)
                .findFirst();
    }

    /**
     * Throws if the filter looks into another index, for a route that doesn't.
     *
     * @param code of errors about the filter
     */
    public static void refuseForeign(Filter filter, ErrorCode code) {
        FilterParts.foreign(filter)
                .findFirst()
                .ifPresent(
                        foreign -> {
                            throw new ApiException(
                                    code,
                                    foreign.field()
                                            .complain(
                                                    "Filter condition `_foreign` is not supported"
                                                            + " for this endpoint."));
                        });
    }
}
