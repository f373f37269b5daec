package io.miroir.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** Sizes as Meilisearch writes them, in the largest unit that is not larger; and read again. */
public final class ByteText {
    private static final int DIGITS = 2;

    /** A unit and its size. */
    private record Unit(String name, long bytes) {
        boolean isBinary() {
            return Long.bitCount(bytes) == 1;
        }
    }

    private static final List<Unit> UNITS =
            List.of(
                    new Unit("PiB", 1L << 50),
                    new Unit("PB", 1_000_000_000_000_000L),
                    new Unit("TiB", 1L << 40),
                    new Unit("TB", 1_000_000_000_000L),
                    new Unit("GiB", 1L << 30),
                    new Unit("GB", 1_000_000_000),
                    new Unit("MiB", 1 << 20),
                    new Unit("MB", 1_000_000),
                    new Unit("KiB", 1 << 10),
                    new Unit("KB", 1_000),
                    new Unit("B", 1));

    private static final List<Unit> BINARY_UNITS = UNITS.stream().filter(Unit::isBinary).toList();
    private static final List<Unit> DECIMAL_UNITS =
            UNITS.stream().filter(unit -> !unit.isBinary() || unit.bytes() == 1).toList();

    private static final int BINARY_STEP = 1024;

    private ByteText() {}

    /** As statistics tell it: {@code 1.46 KiB}, in binary units, two digits behind the point. */
    public static String binary(long bytes) {
        Unit unit = largest(BINARY_UNITS, bytes);
        BigDecimal value = BigDecimal.valueOf(bytes);
        return text(
                value.divide(BigDecimal.valueOf(unit.bytes()), DIGITS, RoundingMode.HALF_UP), unit);
    }

    /** As tasks tell it: {@code 1.5 KB}, in binary and decimal units, with all its digits. */
    public static String exact(long bytes) {
        Unit unit = largest(UNITS, bytes);
        return text(BigDecimal.valueOf((double) bytes / unit.bytes()), unit);
    }

    /**
     * As limits are told: {@code 100 MB}, in the units that it is round in, with all its digits.
     */
    public static String limit(long bytes) {
        Unit unit = largest(bytes % BINARY_STEP == 0 ? BINARY_UNITS : DECIMAL_UNITS, bytes);
        return text(BigDecimal.valueOf((double) bytes / unit.bytes()), unit);
    }

    /** Reads what a task tells; 0 for a text that is no size. */
    public static long parse(String text) {
        int space = text.indexOf(' ');
        for (Unit unit : UNITS) {
            if (space > 0 && text.substring(space + 1).equals(unit.name())) {
                return new BigDecimal(text.substring(0, space))
                        .multiply(BigDecimal.valueOf(unit.bytes()))
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact();
            }
        }
        return 0;
    }

    private static Unit largest(List<Unit> units, long bytes) {
        return units.stream()
                .filter(unit -> bytes >= unit.bytes())
                .findFirst()
                .orElse(units.getLast());
    }

    private static String text(BigDecimal value, Unit unit) {
        return value.stripTrailingZeros().toPlainString() + " " + unit.name();
    }
}
