package io.miroir.core.filter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The filters on places, and the geographic words that are refused as filters. */
final class GeoGrammar {
    private final FilterScanner scanner;

    GeoGrammar(FilterScanner scanner) {
        this.scanner = scanner;
    }

    /** A geographic filter, or null when none comes next. */
    @Nullable Filter parse() {
        int start = scanner.position();
        String word = scanner.peekWord();
        return switch (word) {
            case "_geoRadius" -> {
                scanner.take(word);
                yield radius();
            }
            case "_geoBoundingBox" -> {
                scanner.take(word);
                yield boundingBox();
            }
            case "_geoPolygon" -> {
                scanner.take(word);
                yield polygon();
            }
            case "_geoPoint", "_geoDistance", "_geo" ->
                    throw new FilterSyntaxException(
                            "`"
                                    + word
                                    + "` is a reserved keyword and thus can't be used as a filter"
                                    + " expression. Use the `_geoRadius(latitude, longitude,"
                                    + " distance)` or `_geoBoundingBox([latitude, longitude],"
                                    + " [latitude, longitude])` built-in rules to filter on `_geo`"
                                    + " coordinates.",
                            scanner.rest(start));
            default -> null;
        };
    }

    private Filter radius() {
        String form =
                "The `_geoRadius` filter must be in the form: `_geoRadius(latitude, longitude,"
                        + " radius, optionalResolution)`.";
        List<Word> numbers = numbers("(", ")", form);
        if (numbers.size() < 3 || numbers.size() > 4) {
            throw fail(
                    "Was expecting 3 or 4 arguments for `_geoRadius`, but instead found "
                            + numbers.size()
                            + ".");
        }
        Word resolution = numbers.size() == 4 ? numbers.get(3) : null;
        return new Filter.GeoRadius(numbers.get(0), numbers.get(1), numbers.get(2), resolution);
    }

    private Filter boundingBox() {
        String form =
                "The `_geoBoundingBox` filter expects two pairs of arguments:"
                        + " `_geoBoundingBox([latitude, longitude], [latitude, longitude])`.";
        List<List<Word>> pairs = lists(form);
        if (pairs.size() != 2) {
            throw fail(form);
        }
        checkPairs(pairs);
        List<Word> top = pairs.get(0);
        List<Word> bottom = pairs.get(1);
        return new Filter.GeoBoundingBox(top.get(0), top.get(1), bottom.get(0), bottom.get(1));
    }

    private Filter polygon() {
        String form =
                "The `_geoPolygon` filter doesn't match the expected format:"
                        + " `_geoPolygon([latitude, longitude], [latitude, longitude])`.";
        List<List<Word>> pairs = lists(form);
        if (pairs.size() < 3) {
            throw new FilterSyntaxException(
                    "The `_geoPolygon` filter expects at least 3 points but only "
                            + pairs.size()
                            + " were specified",
                    pairs.getLast().getLast());
        }
        checkPairs(pairs);
        return new Filter.GeoPolygon(
                pairs.stream().map(p -> new Filter.Point(p.get(0), p.get(1))).toList());
    }

    private static void checkPairs(List<List<Word>> pairs) {
        for (List<Word> pair : pairs) {
            if (pair.size() != 2) {
                throw new FilterSyntaxException(
                        "Was expecting 2 coordinates but instead found " + pair.size() + ".",
                        pair.getFirst());
            }
        }
    }

    private List<List<Word>> lists(String form) {
        if (!scanner.take("(")) {
            throw fail(form);
        }
        List<List<Word>> lists = new ArrayList<>();
        do {
            scanner.skipSpaces();
            if (!lists.isEmpty() && !scanner.atEnd() && scanner.peek() == ')') {
                break;
            }
            lists.add(numbers("[", "]", form));
            scanner.skipSpaces();
        } while (scanner.take(","));
        if (!scanner.take(")")) {
            throw fail(form);
        }
        return lists;
    }

    /** One or more numbers between two brackets. */
    private List<Word> numbers(String open, String close, String form) {
        if (!scanner.take(open)) {
            throw fail(form);
        }
        List<Word> numbers = new ArrayList<>();
        do {
            scanner.skipSpaces();
            Word number = scanner.number();
            if (number == null) {
                throw fail(form);
            }
            numbers.add(number);
            scanner.skipSpaces();
        } while (scanner.take(","));
        if (!scanner.take(close)) {
            throw fail(form);
        }
        return numbers;
    }

    private FilterSyntaxException fail(String problem) {
        return new FilterSyntaxException(problem, scanner.rest(scanner.position()));
    }
}
