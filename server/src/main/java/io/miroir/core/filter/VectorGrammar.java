package io.miroir.core.filter;

import org.jspecify.annotations.Nullable;

/** {@code _vectors[.embedder[.part]] [NOT] EXISTS}. */
final class VectorGrammar {
    private static final String FIELD = "_vectors";

    private final FilterScanner scanner;

    VectorGrammar(FilterScanner scanner) {
        this.scanner = scanner;
    }

    /** Whether it is that which comes next; without anything behind it, it is a field. */
    static boolean begins(FilterScanner scanner) {
        scanner.skipSpaces();
        return scanner.take(FIELD)
                && !scanner.atEnd()
                && (scanner.peek() == '.' || Character.isWhitespace(scanner.peek()));
    }

    Filter parse() {
        scanner.skipSpaces();
        int start = scanner.position();
        scanner.take(FIELD);
        Word keyword = scanner.slice(start, scanner.position());
        if (!scanner.take(".")) {
            scanner.skipSpaces();
            return exists(keyword, null, Filter.VectorPart.ANY, null);
        }
        if (!scanner.atEnd() && scanner.peek() == ' ') {
            throw fail("Was expecting embedder name but found nothing.");
        }
        Word embedder = name("The vector filter's embedder name is invalid.");
        Filter.VectorPart part = part();
        Word fragment = null;
        if (part == Filter.VectorPart.FRAGMENT) {
            if (!scanner.take(".")) {
                throw fail("The vector filter is missing a fragment name.");
            }
            fragment = name("The vector filter's fragment name is invalid.");
        }
        if (scanner.take(".")) {
            throw unknownSuffix(part);
        }
        if (scanner.atEnd() || !Character.isWhitespace(scanner.peek())) {
            throw fail("The vector filter has leftover tokens.");
        }
        scanner.skipSpaces();
        return exists(keyword, embedder, part, fragment);
    }

    private Word name(String problem) {
        Word name = scanner.dotless();
        if (name == null) {
            throw fail(problem);
        }
        return name;
    }

    private Filter.VectorPart part() {
        for (Filter.VectorPart part : Filter.VectorPart.values()) {
            if (!part.suffix().isEmpty() && scanner.take(part.suffix())) {
                return part;
            }
        }
        return Filter.VectorPart.ANY;
    }

    private FilterSyntaxException unknownSuffix(Filter.VectorPart part) {
        Word found = scanner.dotless();
        if (found == null) {
            return fail(
                    "Was expecting one of `.fragments`, `.userProvided`, `.documentTemplate`,"
                            + " `.regenerate` or nothing, but instead found a point without a"
                            + " valid value.");
        }
        if (part == Filter.VectorPart.ANY) {
            return new FilterSyntaxException(
                    "Was expecting one of `fragments`, `userProvided`, `documentTemplate`,"
                            + " `regenerate` or nothing, but instead found `"
                            + found.text()
                            + "`.",
                    found);
        }
        return new FilterSyntaxException(
                "Vector filter can only accept one of `fragments`, `userProvided`,"
                        + " `documentTemplate` or `regenerate`, but found both `"
                        + part.suffix().substring(1)
                        + "` and `"
                        + found.text()
                        + "`.",
                found);
    }

    private Filter exists(
            Word keyword,
            @Nullable Word embedder,
            Filter.VectorPart part,
            @Nullable Word fragment) {
        Filter filter = new Filter.VectorExists(keyword, embedder, part, fragment);
        if (scanner.takeLast("EXISTS")) {
            return filter;
        }
        int start = scanner.position();
        if (scanner.takeKeyword("NOT") && scanner.takeLast("EXISTS")) {
            return new Filter.Not(filter);
        }
        scanner.back(start);
        throw fail(
                "Was expecting an operation like `EXISTS` or `NOT EXISTS` after the vector"
                        + " filter.");
    }

    private FilterSyntaxException fail(String problem) {
        return new FilterSyntaxException(problem, scanner.rest(scanner.position()));
    }
}
