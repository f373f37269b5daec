package io.miroir.core.filter;

/** The two escapings of filter texts: of values as clients write them, of messages as they read. */
final class FilterText {
    private FilterText() {}

    /** Resolves backslash escapes; {@code where} is pointed at when one is wrong. */
    static String unescape(String text, Word where) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (i >= text.length()) {
                throw malformed(where);
            }
            char escape = text.charAt(i++);
            switch (escape) {
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case '\'', '"', '\\', '/' -> out.append(escape);
                case 'u' -> i = unicode(text, i, out, where);
                case 'x' -> {
                    out.appendCodePoint(number(text, i, i + 2, 16, where));
                    i += 2;
                }
                default -> {
                    if (escape < '0' || escape > '7') {
                        throw malformed(where);
                    }
                    int end = i;
                    while (end < text.length() && end < i + 2 && isOctal(text.charAt(end))) {
                        end++;
                    }
                    out.appendCodePoint(number(text, i - 1, end, 8, where));
                    i = end;
                }
            }
        }
        return out.toString();
    }

    private static int unicode(String text, int from, StringBuilder out, Word where) {
        boolean braces = from < text.length() && text.charAt(from) == '{';
        int start = braces ? from + 1 : from;
        int end = braces ? text.indexOf('}', start) : start + 4;
        if (end < 0) {
            throw malformed(where);
        }
        int codePoint = number(text, start, end, 16, where);
        if (!Character.isValidCodePoint(codePoint)) {
            throw malformed(where);
        }
        out.appendCodePoint(codePoint);
        return braces ? end + 1 : end;
    }

    private static int number(String text, int start, int end, int radix, Word where) {
        try {
            return Integer.parseInt(text.substring(start, Math.min(end, text.length())), radix);
        } catch (NumberFormatException wrongDigits) {
            throw new FilterSyntaxException(
                    "Found an invalid escaped sequence number: `"
                            + escapeDebug(where.text())
                            + "`.",
                    where);
        }
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    private static FilterSyntaxException malformed(Word where) {
        return new FilterSyntaxException(
                "Malformed value: `" + escapeDebug(where.text()) + "`.", where);
    }

    /** Keeps a message's first line one line: quotes, backslashes and controls are escaped. */
    static String escapeDebug(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '\n' -> out.append("\\n");
                                case '\r' -> out.append("\\r");
                                case '\t' -> out.append("\\t");
                                case 0 -> out.append("\\0");
                                case '"', '\'', '\\' -> out.append('\\').appendCodePoint(c);
                                default -> {
                                    if (Character.isISOControl(c)) {
                                        out.append("\\u{").append(Integer.toHexString(c));
                                        out.append('}');
                                    } else {
                                        out.appendCodePoint(c);
                                    }
                                }
                            }
                        });
        return out.toString();
    }
}
