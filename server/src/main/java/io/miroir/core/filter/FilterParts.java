package io.miroir.core.filter;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a filter is made of. */
public final class FilterParts {
    private FilterParts() {}

    /**
     * The conditions that AND, OR and NOT join, in their order. Those inside of a condition on
     * another index are not among them.
     */
    public static Stream<Filter> of(Filter filter) {
        return switch (filter) {
            case Filter.And(List<Filter> parts) -> parts.stream().flatMap(FilterParts::of);
            case Filter.Or(List<Filter> parts) -> parts.stream().flatMap(FilterParts::of);
            case Filter.Not(Filter part) -> of(part);
            default -> Stream.of(filter);
        };
    }

    /** The same, and what conditions on other indexes are made of. */
    public static Stream<Filter> all(Filter filter) {
        return of(filter)
                .flatMap(
                        part ->
                                part instanceof Filter.Foreign foreign
                                        ? Stream.concat(Stream.of(part), all(foreign.filter()))
                                        : Stream.of(part));
    }

    /** The conditions on other indexes. */
    public static Stream<Filter.Foreign> foreign(Filter filter) {
        return of(filter).filter(Filter.Foreign.class::isInstance).map(Filter.Foreign.class::cast);
    }

    /** The filter with others in the place of its conditions on other indexes. */
    public static Filter withoutForeign(Filter filter, Function<Filter.Foreign, Filter> instead) {
        return switch (filter) {
            case Filter.And(List<Filter> parts) -> new Filter.And(each(parts, instead));
            case Filter.Or(List<Filter> parts) -> new Filter.Or(each(parts, instead));
            case Filter.Not(Filter part) -> new Filter.Not(withoutForeign(part, instead));
            case Filter.Foreign foreign -> instead.apply(foreign);
            default -> filter;
        };
    }

    private static List<Filter> each(List<Filter> parts, Function<Filter.Foreign, Filter> instead) {
        return parts.stream().map(part -> withoutForeign(part, instead)).toList();
    }
}
