package io.miroir.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dates and durations as clients write and read them. */
public final class Timestamps {
    private static final DateTimeFormatter OUT =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                    .appendOffset("+HH:MM", "Z")
                    .toFormatter(Locale.ROOT);

    private static final String MONTH_AND_DAY = "-(?<month>\\d\\d)-(?<day>\\d\\d)";
    private static final String TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";

    /** A year may have a sign, and has four digits with it as well. */
    private static final String DATE = "(?<year>[+-]?\\d{4})" + MONTH_AND_DAY;

    private static final Pattern DAY = Pattern.compile(DATE);
    private static final Pattern LOCAL = Pattern.compile(DATE + "[T ]" + TIME);

    /** Any one byte may part date and time; digits beyond nanoseconds are left out. */
    private static final Pattern RFC_3339 =
            Pattern.compile(
                    "(?<year>\\d{4})"
                            + MONTH_AND_DAY
                            + "[\\x00-\\x7f]"
                            + TIME
                            + "(?:\\.(?<fraction>\\d{1,9})\\d*)?"
                            + "(?:[Zz]|(?<sign>[+-])(?<hours>\\d\\d):(?<minutes>\\d\\d))");

    private static final int LEAP_SECOND = 60;
    private static final int NANO_DIGITS = 9;
    private static final int NANOS_LAST = 999_999_999;
    private static final int OFFSET_HOURS_MAX = 23;
    private static final int MINUTES_OF_HOUR = 60;
    private static final int SECONDS_OF_MINUTE = 60;

    private Timestamps() {}

    /** RFC 3339 in UTC, with as many digits of the second as needed. */
    public static String rfc3339(Instant instant) {
        return rfc3339(instant.atOffset(ZoneOffset.UTC));
    }

    /** RFC 3339 in its own offset. */
    public static String rfc3339(OffsetDateTime dateTime) {
        return OUT.format(dateTime);
    }

    /**
     * A date-time in RFC 3339; nothing for any other text. One with an offset that Java has none
     * for (beyond 18 hours) is the same moment in UTC.
     */
    public static Optional<OffsetDateTime> parseRfc3339(String text) {
        return read(
                RFC_3339,
                text,
                parts -> {
                    int seconds = SECONDS_OF_MINUTE * offsetMinutes(parts);
                    LocalDateTime local = date(parts).atTime(time(parts));
                    LocalDateTime utc = local.minusSeconds(seconds);
                    if (number(parts, "second") == LEAP_SECOND && !mayBeLeapSecond(utc)) {
                        throw new DateTimeException("not the end of a month in UTC");
                    }
                    return Math.abs(seconds) <= ZoneOffset.MAX.getTotalSeconds()
                            ? local.atOffset(ZoneOffset.ofTotalSeconds(seconds))
                            : utc.atOffset(ZoneOffset.UTC);
                });
    }

    /** A day alone ({@code 2042-04-02}), at its midnight in UTC. */
    public static Optional<OffsetDateTime> parseDay(String text) {
        return read(DAY, text, parts -> date(parts).atStartOfDay().atOffset(ZoneOffset.UTC));
    }

    /** Date and time without an offset, joined by T or a space, taken as UTC. */
    public static Optional<OffsetDateTime> parseLocal(String text) {
        return read(
                LOCAL,
                text,
                parts -> {
                    LocalTime time =
                            LocalTime.of(
                                    number(parts, "hour"),
                                    number(parts, "minute"),
                                    number(parts, "second"));
                    return date(parts).atTime(time).atOffset(ZoneOffset.UTC);
                });
    }

    private static Optional<OffsetDateTime> read(
            Pattern form, String text, Function<Matcher, OffsetDateTime> reading) {
        Matcher parts = form.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.apply(parts));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static int number(Matcher parts, String name) {
        return Integer.parseInt(parts.group(name));
    }

    private static LocalDate date(Matcher parts) {
        return LocalDate.of(number(parts, "year"), number(parts, "month"), number(parts, "day"));
    }

    /** The last second before a leap second stands for it. */
    private static LocalTime time(Matcher parts) {
        int hour = number(parts, "hour");
        int minute = number(parts, "minute");
        int second = number(parts, "second");
        return second == LEAP_SECOND
                ? LocalTime.of(hour, minute, LEAP_SECOND - 1, NANOS_LAST)
                : LocalTime.of(hour, minute, second, nanos(parts.group("fraction")));
    }

    private static int nanos(@Nullable String fraction) {
        return fraction == null
                ? 0
                : Integer.parseInt(fraction + "0".repeat(NANO_DIGITS - fraction.length()));
    }

    private static boolean mayBeLeapSecond(LocalDateTime utc) {
        return utc.toLocalTime().equals(LocalTime.MAX)
                && utc.getDayOfMonth() == utc.toLocalDate().lengthOfMonth();
    }

    private static int offsetMinutes(Matcher parts) {
        if (parts.group("sign") == null) {
            return 0;
        }
        int hours = number(parts, "hours");
        int minutes = number(parts, "minutes");
        if (hours > OFFSET_HOURS_MAX || minutes >= MINUTES_OF_HOUR) {
            throw new DateTimeException("no such offset");
        }
        int all = hours * MINUTES_OF_HOUR + minutes;
        return "-".equals(parts.group("sign")) ? -all : all;
    }

    /** An ISO 8601 duration as tasks show it: {@code PT0.012345S}. */
    public static String iso8601(Duration duration) {
        return duration.toString();
    }
}
