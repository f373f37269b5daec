package io.miroir.core.filter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Meilisearch's filter grammar, by recursive descent:
 *
 * <pre>
 * or      = and ("OR" and)*
 * and     = not ("AND" not)*
 * not     = "NOT" not | primary
 * primary = "(" or ")" | geo | field operation | "_foreign(" field "," or ")"
 * </pre>
 */
public final class FilterParser {
    /**
     * Deepest nesting; a bracket costs four levels, as in Meilisearch, so the stack stays small.
     */
    public static final int DEPTH_MAX = 150;

    private static final String FOREIGN = "_foreign";

    private static final String OPERATIONS =
            "Was expecting an operation `=`, `!=`, `>=`, `>`, `<=`, `<`, `IN`, `NOT IN`, `TO`,"
                    + " `EXISTS`, `NOT EXISTS`, `IS NULL`, `IS NOT NULL`, `IS EMPTY`,"
                    + " `IS NOT EMPTY`, `CONTAINS`, `NOT CONTAINS`, `STARTS WITH`,"
                    + " `NOT STARTS WITH`, `_geoRadius`, `_geoBoundingBox` or `_geoPolygon` ";

    private final FilterScanner scanner;

    private FilterParser(String source) {
        this.scanner = new FilterScanner(source);
    }

    /**
     * Parses an expression.
     *
     * @return the filter, or null when the text is blank (which filters nothing)
     * @throws FilterSyntaxException when the grammar refuses it
     */
    public static @Nullable Filter parse(String expression) {
        if (expression.isBlank()) {
            return null;
        }
        FilterParser parser = new FilterParser(expression);
        Filter filter = parser.or(0);
        if (!parser.scanner.atEnd()) {
            Word rest = parser.scanner.rest(parser.scanner.position());
            throw new FilterSyntaxException(
                    "Found unexpected characters at the end of the filter: `"
                            + FilterText.escapeDebug(rest.text())
                            + "`. You probably forgot an `OR` or an `AND` rule.",
                    rest);
        }
        return filter;
    }

    private Filter or(int depth) {
        checkDepth(depth);
        List<Filter> parts = new ArrayList<>();
        do {
            parts.add(and(depth + 1));
        } while (scanner.takeKeyword("OR"));
        return parts.size() == 1 ? parts.getFirst() : new Filter.Or(parts);
    }

    private Filter and(int depth) {
        checkDepth(depth);
        List<Filter> parts = new ArrayList<>();
        do {
            parts.add(not(depth + 1));
        } while (scanner.takeKeyword("AND"));
        return parts.size() == 1 ? parts.getFirst() : new Filter.And(parts);
    }

    private Filter not(int depth) {
        checkDepth(depth);
        return scanner.takeKeyword("NOT") ? negate(not(depth + 1)) : primary(depth + 1);
    }

    private static Filter negate(Filter filter) {
        return filter instanceof Filter.Not not ? not.part() : new Filter.Not(filter);
    }

    private void checkDepth(int depth) {
        if (depth > DEPTH_MAX) {
            throw new FilterSyntaxException(
                    "The filter exceeded the maximum depth limit. Try rewriting the filter so that"
                            + " it contains fewer nested conditions.",
                    scanner.rest(scanner.position()));
        }
    }

    private Filter primary(int depth) {
        checkDepth(depth);
        int start = scanner.position();
        scanner.skipSpaces();
        if (scanner.take("(")) {
            scanner.skipSpaces();
            Filter inner = or(depth + 1);
            scanner.skipSpaces();
            if (!scanner.take(")")) {
                Word where = scanner.rest(start);
                throw new FilterSyntaxException(
                        "Expression `"
                                + FilterText.escapeDebug(where.text())
                                + "` is missing the following closing delimiter: `)`.",
                        where);
            }
            scanner.skipSpaces();
            return inner;
        }
        Filter geo = new GeoGrammar(scanner).parse();
        return geo != null ? geo : condition(start, depth);
    }

    private Filter condition(int start, int depth) {
        int fieldStart = scanner.position();
        boolean foreign = scanner.peekWord().equals(FOREIGN);
        Word field = scanner.value();
        if (field == null) {
            if (scanner.atKeyword()) {
                throw new FilterSyntaxException(scanner.whyNoValue(), scanner.untilSyntax());
            }
            throw invalidPrimary(start);
        }
        Filter comparison = comparison(field);
        if (comparison != null) {
            return comparison;
        }
        if (!isIn() && isVectors(fieldStart)) {
            return vectors(fieldStart);
        }
        if (foreign && !scanner.atValue()) {
            scanner.back(fieldStart + FOREIGN.length());
            return foreign(start, depth);
        }
        Filter keyword = scanner.takeKeyword("NOT") ? negated(field) : keyword(field);
        if (keyword != null) {
            return keyword;
        }
        Word from = scanner.value();
        if (from != null && scanner.takeKeyword("TO")) {
            return new Filter.Between(field, from, scanner.mustValue());
        }
        throw invalidPrimary(start);
    }

    /** Whatever is wrong in it, it is what is wrong with all of it. */
    private Filter foreign(int start, int depth) {
        scanner.showFrom(start);
        try {
            take("(");
            Word field = scanner.mustValue();
            take(",");
            scanner.skipSpaces();
            Filter filter = or(depth);
            scanner.skipSpaces();
            take(")");
            return new Filter.Foreign(field, filter);
        } catch (FilterSyntaxException wrong) {
            Word where = wrong.where();
            if (where == null) {
                throw wrong;
            }
            throw new FilterSyntaxException(
                    "Was expecting a field name and an condition inside `_foreign(..)` filter but"
                            + " instead found `"
                            + FilterText.escapeDebug(where.text())
                            + "`.",
                    where);
        }
    }

    private void take(String sign) {
        if (!scanner.take(sign)) {
            throw invalidPrimary(scanner.position());
        }
    }

    private boolean isIn() {
        int start = scanner.position();
        scanner.takeKeyword("NOT");
        boolean isIn = scanner.peekWord().equals("IN");
        scanner.back(start);
        return isIn;
    }

    private Filter vectors(int fieldStart) {
        scanner.back(fieldStart);
        return new VectorGrammar(scanner).parse();
    }

    private boolean isVectors(int fieldStart) {
        int start = scanner.position();
        scanner.back(fieldStart);
        boolean isVectors = VectorGrammar.begins(scanner);
        scanner.back(start);
        return isVectors;
    }

    private @Nullable Filter comparison(Word field) {
        // The longer signs first: "<=" must not be read as "<".
        for (Filter.Operator operator :
                List.of(
                        Filter.Operator.LESS_OR_EQUAL,
                        Filter.Operator.GREATER_OR_EQUAL,
                        Filter.Operator.NOT_EQUAL,
                        Filter.Operator.LESS,
                        Filter.Operator.GREATER,
                        Filter.Operator.EQUAL)) {
            if (scanner.take(operator.sign())) {
                return new Filter.Compare(field, operator, scanner.mustValue());
            }
        }
        return scanner.takeKeyword("IS") ? state(field) : null;
    }

    private Filter state(Word field) {
        boolean not = scanner.takeKeyword("NOT");
        Filter state;
        if (scanner.takeLast("NULL")) {
            state = new Filter.IsNull(field);
        } else if (scanner.takeLast("EMPTY")) {
            state = new Filter.IsEmpty(field);
        } else if (isVectors(field.start())) {
            return vectors(field.start());
        } else {
            throw invalidPrimary(field.start());
        }
        return not ? new Filter.Not(state) : state;
    }

    private Filter negated(Word field) {
        Filter filter = keyword(field);
        if (filter == null) {
            throw invalidPrimary(field.start());
        }
        return new Filter.Not(filter);
    }

    private @Nullable Filter keyword(Word field) {
        int start = scanner.position();
        return switch (scanner.peekWord()) {
            case "IN" -> {
                scanner.takeKeyword("IN");
                yield new Filter.In(field, values());
            }
            case "EXISTS" -> {
                scanner.takeLast("EXISTS");
                yield new Filter.Exists(field);
            }
            case "CONTAINS" -> {
                Word keyword = scanner.slice(start, start + "CONTAINS".length());
                scanner.takeKeyword("CONTAINS");
                yield new Filter.Contains(field, keyword, scanner.mustValue());
            }
            case "STARTS" -> {
                scanner.takeKeyword("STARTS");
                if (!scanner.takeKeyword("WITH")) {
                    throw invalidPrimary(field.start());
                }
                yield new Filter.StartsWith(field, scanner.mustValue());
            }
            default -> null;
        };
    }

    private List<Word> values() {
        if (!scanner.take("[")) {
            throw new FilterSyntaxException(
                    "Expected `[` after `IN` keyword.", scanner.rest(scanner.position()));
        }
        List<Word> values = new ArrayList<>();
        boolean more = true;
        while (more) {
            Word value = scanner.value();
            if (value != null) {
                values.add(value);
            }
            scanner.skipSpaces();
            more = value != null && scanner.take(",");
        }
        scanner.skipSpaces();
        if (!scanner.take("]")) {
            throw new FilterSyntaxException(whyListNotClosed(), scanner.rest(scanner.position()));
        }
        scanner.skipSpaces();
        return values;
    }

    private String whyListNotClosed() {
        if (scanner.atEnd()) {
            return "Expected matching `]` after the list of field names given to `IN[`";
        }
        String shown = FilterText.escapeDebug(scanner.rest(scanner.position()).text());
        String found =
                "Expected only comma-separated field names inside `IN[..]` but instead found `"
                        + shown
                        + "`";
        return scanner.atKeyword()
                ? found
                        + ", which is a keyword. To use `"
                        + shown
                        + "` as a field name or a value, surround it by quotes."
                : found + ".";
    }

    private FilterSyntaxException invalidPrimary(int start) {
        Word where = scanner.rest(start);
        String found =
                where.text().isBlank()
                        ? "but instead got nothing."
                        : "at `" + FilterText.escapeDebug(where.text()) + "`.";
        return new FilterSyntaxException(OPERATIONS + found, where);
    }
}
