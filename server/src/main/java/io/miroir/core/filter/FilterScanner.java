package io.miroir.core.filter;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A place in a filter's text, and the small things that can be read from there. */
final class FilterScanner {
    private static final Set<String> KEYWORDS =
            Set.of(
                    "AND",
                    "OR",
                    "IN",
                    "NOT",
                    "TO",
                    "EXISTS",
                    "IS",
                    "NULL",
                    "EMPTY",
                    "CONTAINS",
                    "STARTS",
                    "WITH",
                    "_geoRadius",
                    "_geoBoundingBox");

    private final String source;
    private int position;
    private int shown;

    FilterScanner(String source) {
        this.source = source;
    }

    int position() {
        return position;
    }

    void back(int to) {
        position = to;
    }

    /** What is found wrong from here on is shown in the rest of the text from there. */
    void showFrom(int from) {
        shown = from;
    }

    boolean atEnd() {
        return position >= source.length();
    }

    /** Everything from {@code from} on, as the place of an error. */
    Word rest(int from) {
        return new Word(source.substring(from), source, from, source.length(), shown);
    }

    Word slice(int from, int to) {
        return new Word(source.substring(from, to), source, from, to, shown);
    }

    void skipSpaces() {
        while (!atEnd() && isSpace(source.charAt(position))) {
            position++;
        }
    }

    /** Reads this text if it comes next. */
    boolean take(String text) {
        if (!source.startsWith(text, position)) {
            return false;
        }
        position += text.length();
        return true;
    }

    /** Reads this keyword, as a whole word, and the spaces around it. */
    boolean takeKeyword(String keyword) {
        boolean taken = takeLast(keyword);
        if (taken) {
            skipSpaces();
        }
        return taken;
    }

    /** The same of one that ends a condition: spaces behind it are no part of that. */
    boolean takeLast(String keyword) {
        int before = position;
        skipSpaces();
        int start = position;
        skipWord();
        if (!source.substring(start, position).equals(keyword)) {
            position = before;
            return false;
        }
        return true;
    }

    /** The bare word that comes next, without reading it. */
    String peekWord() {
        int start = position;
        skipWord();
        String word = source.substring(start, position);
        position = start;
        return word;
    }

    /** Whether a word or a quote comes next. */
    boolean atValue() {
        return !peekWord().isEmpty() || (!atEnd() && (peek() == '"' || peek() == '\''));
    }

    private void skipWord() {
        while (!atEnd() && isWordPart(source.codePointAt(position))) {
            position += Character.charCount(source.codePointAt(position));
        }
    }

    /** A decimal number as written, or null. */
    @Nullable Word number() {
        int start = position;
        if (!atEnd() && (peek() == '-' || peek() == '+')) {
            position++;
        }
        int digits = digits();
        if (take(".")) {
            digits += digits();
        }
        if (digits == 0) {
            position = start;
            return null;
        }
        int mantissaEnd = position;
        if (take("e") || take("E")) {
            if (!atEnd() && (peek() == '-' || peek() == '+')) {
                position++;
            }
            if (digits() == 0) {
                position = mantissaEnd;
            }
        }
        return slice(start, position);
    }

    private int digits() {
        int start = position;
        while (!atEnd() && peek() >= '0' && peek() <= '9') {
            position++;
        }
        return position - start;
    }

    char peek() {
        return source.charAt(position);
    }

    /**
     * A value, bare or quoted, and the spaces around it; null when none comes next.
     *
     * @throws FilterSyntaxException when a quote is not closed or an escape is wrong
     */
    @Nullable Word value() {
        int before = position;
        skipSpaces();
        Word word = rawValue(true);
        if (word == null) {
            position = before;
            return null;
        }
        skipSpaces();
        return word;
    }

    /** A value or a failure that says what stood there instead. */
    Word mustValue() {
        Word word = value();
        if (word != null) {
            return word;
        }
        skipSpaces();
        throw new FilterSyntaxException(whyNoValue(), untilSyntax());
    }

    /** The problem with a place where a value was expected. */
    String whyNoValue() {
        Word found = untilSyntax();
        String shown = FilterText.escapeDebug(found.text());
        if (found.text().isBlank()) {
            return "Was expecting a value but instead got nothing.";
        }
        return KEYWORDS.contains(peekWord())
                ? "Was expecting a value but instead got `"
                        + shown
                        + "`, which is a reserved keyword. To use `"
                        + shown
                        + "` as a field name or a value, surround it by quotes."
                : "Was expecting a value but instead got `" + shown + "`.";
    }

    boolean atKeyword() {
        return KEYWORDS.contains(peekWord());
    }

    Word untilSyntax() {
        int end = position;
        while (end < source.length()) {
            char c = source.charAt(end);
            if (isSpace(c) || "()=<>!".indexOf(c) >= 0) {
                break;
            }
            end++;
        }
        return slice(position, end);
    }

    /** A name inside a vector filter: ends at a dot unless it is quoted. */
    @Nullable Word dotless() {
        return rawValue(false);
    }

    private @Nullable Word rawValue(boolean dots) {
        if (atEnd()) {
            return null;
        }
        char first = peek();
        if (first == '\'' || first == '"') {
            return quoted(first);
        }
        int start = position;
        while (!atEnd() && isWordPart(source.codePointAt(position)) && (dots || peek() != '.')) {
            position += Character.charCount(source.codePointAt(position));
        }
        Word word = slice(start, position);
        if (start == position || (dots && KEYWORDS.contains(word.text()))) {
            position = start;
            return null;
        }
        return word;
    }

    private Word quoted(char quote) {
        int open = position;
        int start = open + 1;
        int end = start;
        boolean escaped = false;
        while (end < source.length() && source.charAt(end) != quote) {
            if (source.charAt(end) == '\\' && end + 1 < source.length()) {
                end++;
                escaped |= source.charAt(end) == quote;
            }
            end++;
        }
        if (end >= source.length()) {
            Word where = rest(open);
            throw new FilterSyntaxException(
                    "Expression `"
                            + FilterText.escapeDebug(where.text())
                            + "` is missing the following closing delimiter: `"
                            + quote
                            + "`.",
                    where);
        }
        position = end + 1;
        Word raw = slice(start, end);
        String text = escaped ? raw.text().replace("\\" + quote, "" + quote) : raw.text();
        return new Word(FilterText.unescape(text, raw), source, start, end, shown);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Letters and digits of any script, underscore, hyphen and dot. */
    private static boolean isWordPart(int codePoint) {
        return codePoint == '_'
                || codePoint == '-'
                || codePoint == '.'
                || Character.isAlphabetic(codePoint)
                || isNumeric(Character.getType(codePoint));
    }

    private static boolean isNumeric(int type) {
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }
}
