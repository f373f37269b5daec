package io.miroir.bench.gate;

import io.miroir.bench.tools.Numbers;
import java.util.Locale;
import java.util.Objects;

/** Prints rows for people. */
final class Report {
    private static final String LINE = "%-44s %-6s %10s %11s %11s %-7s %-38s %s%n";

    private Report() {}

    static void printHead() {
        System.out.printf(
                Locale.ROOT,
                LINE,
                "id",
                "unit",
                "ours",
                "redis equal",
                "redis usual",
                "verdict",
                "spread (quartiles)",
                "note");
    }

    static void print(Row row) {
        System.out.printf(
                Locale.ROOT,
                LINE,
                row.id(),
                row.unit(),
                Numbers.text(row.ours()),
                Numbers.text(row.redisEqual()),
                Numbers.text(row.redisUsual()),
                row.verdict().word(),
                Objects.requireNonNullElse(row.spread(), "-"),
                row.note());
        System.out.flush();
    }
}
