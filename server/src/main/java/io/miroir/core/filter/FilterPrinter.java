package io.miroir.core.filter;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a filter so that parsing it again gives the same filter. Every word is quoted: none can be
 * taken for a keyword. Messages about filters show this form, as Meilisearch's do.
 */
public final class FilterPrinter {
    private FilterPrinter() {}

    /** The filter in Meilisearch's grammar. */
    public static String print(Filter filter) {
        return switch (filter) {
            case Filter.And and -> join(and.parts(), " AND ");
            case Filter.Or or -> join(or.parts(), " OR ");
            case Filter.Not not -> "NOT (" + print(not.part()) + ")";
            case Filter.Compare compare ->
                    quote(compare.field())
                            + " "
                            + compare.operator().sign()
                            + " "
                            + quote(compare.value());
            case Filter.Between between ->
                    quote(between.field())
                            + " "
                            + quote(between.from())
                            + " TO "
                            + quote(between.to());
            case Filter.In in -> quote(in.field()) + " IN " + list(in.values());
            case Filter.Exists exists -> quote(exists.field()) + " EXISTS";
            case Filter.IsNull isNull -> quote(isNull.field()) + " IS NULL";
            case Filter.IsEmpty isEmpty -> quote(isEmpty.field()) + " IS EMPTY";
            case Filter.Contains contains ->
                    quote(contains.field()) + " CONTAINS " + quote(contains.text());
            case Filter.StartsWith starts ->
                    quote(starts.field()) + " STARTS WITH " + quote(starts.prefix());
            case Filter.GeoRadius geo -> radius(geo);
            case Filter.GeoBoundingBox box ->
                    "_geoBoundingBox("
                            + pair(box.top(), box.right())
                            + ", "
                            + pair(box.bottom(), box.left())
                            + ")";
            case Filter.GeoPolygon polygon ->
                    polygon.points().stream()
                            .map(point -> pair(point.latitude(), point.longitude()))
                            .collect(Collectors.joining(", ", "_geoPolygon(", ")"));
            case Filter.VectorExists vectors -> vectors(vectors);
            case Filter.Foreign foreign ->
                    "_foreign(" + quote(foreign.field()) + ", " + print(foreign.filter()) + ")";
        };
    }

    private static String join(List<Filter> parts, String operator) {
        return parts.stream()
                .map(part -> "(" + print(part) + ")")
                .collect(Collectors.joining(operator));
    }

    private static String radius(Filter.GeoRadius geo) {
        Word resolution = geo.resolution();
        return "_geoRadius("
                + geo.latitude()
                + ", "
                + geo.longitude()
                + ", "
                + geo.meters()
                + (resolution == null ? "" : ", " + resolution)
                + ")";
    }

    private static String pair(Word latitude, Word longitude) {
        return "[" + latitude + ", " + longitude + "]";
    }

    private static String vectors(Filter.VectorExists vectors) {
        Word embedder = vectors.embedder();
        Word fragment = vectors.fragment();
        return "_vectors"
                + (embedder == null ? "" : "." + quote(embedder))
                + vectors.part().suffix()
                + (fragment == null ? "" : "." + quote(fragment))
                + " EXISTS";
    }

    private static String list(List<Word> words) {
        return words.stream().map(FilterPrinter::quote).collect(Collectors.joining(", ", "[", "]"));
    }

    /** The word between double quotes, with what would end it or be taken for an escape escaped. */
    public static String quote(Word word) {
        StringBuilder out = new StringBuilder(word.text().length() + 2).append('"');
        word.text()
                .codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '"', '\\' -> out.append('\\').append((char) c);
                                case '\n' -> out.append("\\n");
                                case '\r' -> out.append("\\r");
                                case '\t' -> out.append("\\t");
                                case '\b' -> out.append("\\b");
                                case '\f' -> out.append("\\f");
                                default -> {
                                    if (c < ' ') {
                                        out.append(String.format("\\u%04x", c));
                                    } else {
                                        out.appendCodePoint(c);
                                    }
                                }
                            }
                        });
        return out.append('"').toString();
    }
}
