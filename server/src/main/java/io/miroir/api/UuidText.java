package io.miroir.api;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** UUIDs as clients write them, and what Meilisearch says of a text that is none. */
public final class UuidText {
    private static final String HYPHENATED = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{32}|(?:urn:uuid:)?%1$s|\\{%1$s}".formatted(HYPHENATED));
    private static final Pattern WRAPPED =
            Pattern.compile("\\{(.*)}|urn:uuid:(.*)", Pattern.DOTALL);
    private static final Pattern WRAPPING = Pattern.compile("^urn:uuid:|[-{}]");

    private static final int HYPHENATED_CHARS = 36;
    private static final List<Integer> GROUP_CHARS = List.of(8, 4, 4, 4, 12);

    /** That of the longest form; of longer texts only the length is told. */
    private static final int BYTES_MAX = 45;

    private UuidText() {}

    /** The UUID in the form that answers show; empty for other texts. */
    public static Optional<String> canonical(String text) {
        if (!UUID.matcher(text).matches()) {
            return Optional.empty();
        }
        String hex = WRAPPING.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
        return Optional.of(
                String.join(
                        "-",
                        hex.substring(0, 8),
                        hex.substring(8, 12),
                        hex.substring(12, 16),
                        hex.substring(16, 20),
                        hex.substring(20)));
    }

    /** Why a text is no UUID. */
    public static String fault(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > BYTES_MAX) {
            return length(bytes);
        }
        String inner = inner(text);
        // In a form whose whole length is right, places are counted without what is around it.
        int offset = inner.length() == HYPHENATED_CHARS ? 0 : text.indexOf(inner);
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (!HexFormat.isHexDigit(c) && c != '-') {
                return "invalid character: found `" + c + "` at " + (i + offset);
            }
        }
        boolean grouped =
                inner.length() == HYPHENATED_CHARS || !inner.equals(text) || inner.contains("-");
        return grouped ? groups(inner) : length(bytes);
    }

    private static String inner(String text) {
        Matcher wrapped = WRAPPED.matcher(text);
        if (!wrapped.matches()) {
            return text;
        }
        return wrapped.group(1) == null ? wrapped.group(2) : wrapped.group(1);
    }

    private static String length(int bytes) {
        return "invalid length: found " + bytes;
    }

    private static String groups(String text) {
        String[] groups = text.split("-", -1);
        if (groups.length != GROUP_CHARS.size()) {
            return "invalid group count: expected "
                    + GROUP_CHARS.size()
                    + ", found "
                    + groups.length;
        }
        for (int group = 0; group < groups.length; group++) {
            if (groups[group].length() != GROUP_CHARS.get(group)) {
                return "invalid group length in group %d: expected %d, found %d"
                        .formatted(group, GROUP_CHARS.get(group), groups[group].length());
            }
        }
        throw new IllegalStateException("a UUID after all: " + text);
    }
}
