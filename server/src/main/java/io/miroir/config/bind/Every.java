package io.miroir.config.bind;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A schedule by interval.
 *
 * @param intervalMillis one minute to 366 days
 */
@Text(allowed = "an interval of 1m to 366d, for example every 6h")
public record Every(long intervalMillis) {
    private static final Pattern FORM = Pattern.compile("every ([0-9]{1,6})([mhd])");
    private static final long MINUTE_MILLIS = 60_000;
    private static final long DAY_MILLIS = 24 * 60 * MINUTE_MILLIS;

    /** Parses {@code every 6h}; null if it is not a schedule. */
    public static @Nullable Every parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        long unitMillis =
                switch (form.group(2)) {
                    case "m" -> MINUTE_MILLIS;
                    case "h" -> 60 * MINUTE_MILLIS;
                    default -> DAY_MILLIS;
                };
        long millis = Long.parseLong(form.group(1)) * unitMillis;
        return millis < MINUTE_MILLIS || millis > 366 * DAY_MILLIS ? null : new Every(millis);
    }
}
