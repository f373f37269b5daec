package io.miroir.fanout.answer;

import io.miroir.api.ApiException;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterFields;
import io.miroir.core.filter.FilterParts;
import io.miroir.core.filter.Word;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Refusals of filters that nodes were sent in other words than the client's. */
public final class FilterRefusal {
    private static final Pattern NOT_FILTERABLE =
            Pattern.compile(
                    "(Attribute `([^`]*)` is not filterable.*)\\n\\d+:\\d+ .*", Pattern.DOTALL);

    private FilterRefusal() {}

    private static final String PLACES = "_geo/_geojson";

    /**
     * The text of a refusal, which points to where the client wrote what is wrong.
     *
     * @param filter the client's
     * @param text the node's
     */
    static String asWritten(Filter filter, String text) {
        Matcher refused = NOT_FILTERABLE.matcher(text);
        if (!refused.matches()) {
            return text;
        }
        String attribute = refused.group(2);
        Stream<Word> places =
                attribute.equals(PLACES)
                        ? FilterParts.all(filter).flatMap(FilterRefusal::place)
                        : FilterFields.of(filter).filter(field -> field.text().equals(attribute));
        return places.findFirst().map(field -> field.complain(refused.group(1))).orElse(text);
    }

    /** The refusal of a read, which points to where the client wrote what is wrong. */
    public static ApiException asWritten(Filter filter, ApiException refusal) {
        return new ApiException(refusal.code(), asWritten(filter, refusal.text()));
    }

    private static Stream<Word> place(Filter condition) {
        return switch (condition) {
            case Filter.GeoRadius radius -> Stream.of(radius.latitude());
            case Filter.GeoBoundingBox box -> Stream.of(box.top());
            case Filter.GeoPolygon polygon -> Stream.of(polygon.points().getFirst().latitude());
            default -> Stream.empty();
        };
    }

    /**
     * A refusal of a filter of an index, which is named by it.
     *
     * @param filter as the client wrote it
     */
    public static ApiException inWordsOf(Filter filter, String uid, ApiException refusal) {
        String index = "Index `" + uid + "`: ";
        String text = refusal.text();
        if (refusal.status() != 400) {
            return refusal;
        }
        return new ApiException(
                refusal.code(),
                index
                        + asWritten(
                                filter,
                                text.startsWith(index) ? text.substring(index.length()) : text));
    }
}
