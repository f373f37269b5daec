package io.miroir.fanout.lane;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Sizes as Meilisearch tells them: {@code 68 KiB}, in the largest unit that is not larger. */
final class ByteSizes {
    /** A unit and its size. */
    private record Unit(String name, long bytes) {}

    private static final List<Unit> UNITS =
            List.of(
                    new Unit("TiB", 1L << 40),
                    new Unit("TB", 1_000_000_000_000L),
                    new Unit("GiB", 1L << 30),
                    new Unit("GB", 1_000_000_000),
                    new Unit("MiB", 1 << 20),
                    new Unit("MB", 1_000_000),
                    new Unit("KiB", 1 << 10),
                    new Unit("KB", 1_000),
                    new Unit("B", 1));

    private ByteSizes() {}

    /** Puts the sum of what nodes tell; nothing if none tells a size. */
    static void sum(Collection<NodeResult> results, String name, ObjectNode into) {
        long sum = 0;
        boolean told = false;
        for (NodeResult result : results) {
            if (result instanceof NodeResult.Succeeded done && done.details().hasNonNull(name)) {
                sum += parse(done.details().path(name).asString(""));
                told = true;
            }
        }
        if (told) {
            into.put(name, text(sum));
        }
    }

    /** The size, 0 for a text that is none. */
    static long parse(String text) {
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

    static String text(long bytes) {
        Unit unit =
                UNITS.stream()
                        .filter(candidate -> bytes >= candidate.bytes())
                        .findFirst()
                        .orElse(UNITS.getLast());
        BigDecimal value = BigDecimal.valueOf((double) bytes / unit.bytes());
        return value.stripTrailingZeros().toPlainString() + " " + unit.name();
    }
}
