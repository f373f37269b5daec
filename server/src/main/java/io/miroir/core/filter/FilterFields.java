package io.miroir.core.filter;

import java.util.List;
import java.util.stream.Stream;

/** Which fields a filter speaks of. */
public final class FilterFields {
    private FilterFields() {}

    /** The field names in their order, repeated as they are. */
    public static Stream<Word> of(Filter filter) {
        return switch (filter) {
            case Filter.And(List<Filter> parts) -> parts.stream().flatMap(FilterFields::of);
            case Filter.Or(List<Filter> parts) -> parts.stream().flatMap(FilterFields::of);
            case Filter.Not(Filter part) -> of(part);
            case Filter.Compare compare -> Stream.of(compare.field());
            case Filter.Between between -> Stream.of(between.field());
            case Filter.In in -> Stream.of(in.field());
            case Filter.Exists exists -> Stream.of(exists.field());
            case Filter.IsNull isNull -> Stream.of(isNull.field());
            case Filter.IsEmpty isEmpty -> Stream.of(isEmpty.field());
            case Filter.Contains contains -> Stream.of(contains.field());
            case Filter.StartsWith startsWith -> Stream.of(startsWith.field());
            case Filter.Foreign foreign ->
                    Stream.concat(Stream.of(foreign.field()), of(foreign.filter()));
            case Filter.GeoRadius _,
                    Filter.GeoBoundingBox _,
                    Filter.GeoPolygon _,
                    Filter.VectorExists _ ->
                    Stream.empty();
        };
    }
}
