package io.miroir.core.filter;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes {@code field != value} as {@code NOT field = value}. To a Meilisearch that knows the field
 * both mean the same. To one that has no document with it the first finds nothing, the second all:
 * and of a cluster's nodes some may have such documents while others have none.
 */
public final class Negations {
    private static final String SIGN = "!=";

    private Negations() {}

    /** Whether an expression may have one: a glance that spares the parsing of most. */
    public static boolean possibleIn(String expression) {
        return expression.contains(SIGN);
    }

    /**
     * The expression in other words; all else in it stays as it was written.
     *
     * @param expression the text that was parsed
     * @param filter what it was parsed to
     */
    public static String spelledOut(String expression, Filter filter) {
        StringBuilder out = new StringBuilder(expression.length());
        int copied = 0;
        for (Filter.Compare compare : inOrder(filter)) {
            int begin = begin(expression, compare.field());
            int sign = sign(expression, compare);
            out.append(expression, copied, begin);
            // A keyword may stand right before a quote.
            if (begin > 0 && Character.isLetter(expression.charAt(begin - 1))) {
                out.append(' ');
            }
            out.append("NOT ").append(expression, begin, sign);
            // Without the exclamation mark.
            copied = sign + 1;
        }
        return out.append(expression, copied, expression.length()).toString();
    }

    /** The fields of which another value is wanted than one. */
    public static Set<String> fields(Filter filter) {
        return in(filter).map(compare -> compare.field().text()).collect(Collectors.toSet());
    }

    /**
     * The expression with {@code field = value} in place of {@code field != value}: where no
     * document has the field, that finds nothing everywhere.
     *
     * @param of which fields
     */
    public static String withNothingOf(String expression, Filter filter, Predicate<String> of) {
        StringBuilder out = new StringBuilder(expression.length());
        int copied = 0;
        for (Filter.Compare compare : inOrder(filter)) {
            if (of.test(compare.field().text())) {
                int sign = sign(expression, compare);
                out.append(expression, copied, sign);
                copied = sign + 1;
            }
        }
        return out.append(expression, copied, expression.length()).toString();
    }

    private static List<Filter.Compare> inOrder(Filter filter) {
        return in(filter)
                .sorted(Comparator.comparingInt(compare -> compare.field().start()))
                .toList();
    }

    private static int sign(String expression, Filter.Compare compare) {
        return expression.lastIndexOf(SIGN, compare.value().start() - SIGN.length());
    }

    private static Stream<Filter.Compare> in(Filter filter) {
        return switch (filter) {
            case Filter.And(List<Filter> parts) -> parts.stream().flatMap(Negations::in);
            case Filter.Or(List<Filter> parts) -> parts.stream().flatMap(Negations::in);
            case Filter.Not(Filter part) -> in(part);
            case Filter.Compare compare when compare.operator() == Filter.Operator.NOT_EQUAL ->
                    Stream.of(compare);
            default -> Stream.empty();
        };
    }

    /** With its quote, if it has one. */
    private static int begin(String expression, Word word) {
        boolean quoted =
                word.start() > 0
                        && word.end() < expression.length()
                        && isQuote(expression.charAt(word.start() - 1))
                        && expression.charAt(word.start() - 1) == expression.charAt(word.end());
        return quoted ? word.start() - 1 : word.start();
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }
}
