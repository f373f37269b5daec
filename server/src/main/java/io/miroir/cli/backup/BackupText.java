package io.miroir.cli.backup;

import io.miroir.store.backup.Summary;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A backup in words. */
public final class BackupText {
    private BackupText() {}

    /** One line. */
    public static String of(Summary summary) {
        return "state of %s at index %d (term %d), %s, %d rows in %d tables, %d KiB"
                .formatted(
                        summary.clusterId().isEmpty() ? "a cluster" : summary.clusterId(),
                        summary.appliedIndex(),
                        summary.appliedTerm(),
                        time(summary.storeTimeMicros()),
                        summary.rows(),
                        summary.tables().size(),
                        summary.databaseBytes() >> 10);
    }

    /** One line a table: name, rows, digest. */
    public static void tables(Summary summary, PrintWriter out) {
        summary.tables()
                .forEach(
                        (name, figures) ->
                                out.printf(
                                        "  %-24s %10d  %s%n",
                                        name, figures.rows(), figures.sha256()));
        out.flush();
    }

    /** Store time as a date. */
    public static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
