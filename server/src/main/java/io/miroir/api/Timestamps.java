package io.miroir.api;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates and durations as clients write and read them. */
public final class Timestamps {
    private static final DateTimeFormatter OUT =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                    .appendOffset("+HH:MM", "Z")
                    .toFormatter(Locale.ROOT);

    private static final DateTimeFormatter DATE = strict("uuuu-MM-dd");
    private static final DateTimeFormatter WITH_T = strict("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter WITH_SPACE = strict("uuuu-MM-dd HH:mm:ss");
    private static final DateTimeFormatter OFFSET =
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.withResolverStyle(ResolverStyle.STRICT);

    /** A space may part date and time; digits beyond nanoseconds are left out. */
    private static final Pattern RFC_3339 =
            Pattern.compile(
                    "(?<date>\\d{4}-\\d\\d-\\d\\d)[Tt ](?<time>\\d\\d:\\d\\d:\\d\\d)"
                            + "(?:(?<fraction>\\.\\d{1,9})\\d*)?(?<offset>[Zz]|[+-]\\d\\d:\\d\\d)");

    private Timestamps() {}

    private static DateTimeFormatter strict(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** RFC 3339 in UTC, with as many digits of the second as needed. */
    public static String rfc3339(Instant instant) {
        return rfc3339(instant.atOffset(ZoneOffset.UTC));
    }

    /** RFC 3339 in its own offset. */
    public static String rfc3339(OffsetDateTime dateTime) {
        return OUT.format(dateTime);
    }

    /** A date-time in RFC 3339; nothing for any other text. */
    public static Optional<OffsetDateTime> parseRfc3339(String text) {
        Matcher parts = RFC_3339.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String fraction = parts.group("fraction") == null ? "" : parts.group("fraction");
        String plain =
                parts.group("date")
                        + "T"
                        + parts.group("time")
                        + fraction
                        + parts.group("offset").toUpperCase(Locale.ROOT);
        try {
            return Optional.of(OffsetDateTime.parse(plain, OFFSET));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    /** A day alone ({@code 2042-04-02}), at its midnight in UTC. */
    public static Optional<OffsetDateTime> parseDay(String text) {
        try {
            return Optional.of(LocalDate.parse(text, DATE).atStartOfDay().atOffset(ZoneOffset.UTC));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    /** Date and time without an offset, joined by T or a space, taken as UTC. */
    public static Optional<OffsetDateTime> parseLocal(String text) {
        try {
            DateTimeFormatter format = text.indexOf('T') < 0 ? WITH_SPACE : WITH_T;
            return Optional.of(LocalDateTime.parse(text, format).atOffset(ZoneOffset.UTC));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    /** An ISO 8601 duration as tasks show it: {@code PT0.012345S}. */
    public static String iso8601(Duration duration) {
        return duration.toString();
    }
}
