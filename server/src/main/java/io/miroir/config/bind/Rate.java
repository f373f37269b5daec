package io.miroir.config.bind;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * So many in so long.
 *
 * @param count 1 to 1000000
 * @param periodMillis one second, minute or hour
 */
@Text(allowed = "a count of 1 to 1000000 per second, minute or hour, for example 60/minute")
public record Rate(int count, long periodMillis) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,7})/(second|minute|hour)");

    /** Parses {@code 60/minute}; null if it is not a rate. */
    public static @Nullable Rate parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        int count = Integer.parseInt(form.group(1));
        if (count < 1 || count > 1_000_000) {
            return null;
        }
        return switch (form.group(2)) {
            case "second" -> new Rate(count, 1_000);
            case "minute" -> new Rate(count, 60_000);
            default -> new Rate(count, 3_600_000);
        };
    }
}
