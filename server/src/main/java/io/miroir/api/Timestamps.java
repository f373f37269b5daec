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
        try {
            return Optional.of(OffsetDateTime.parse(text, OFFSET));
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
