package io.miroir.bench.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel tells of a process that runs. */
public record ProcessFigures(long pid) {
    private static final int TICK_MILLIS = 10;

    /** CPU time that it has used, in milliseconds (the kernel counts in ten). */
    public long cpuMillis() {
        String stat = proc("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
    }

    /** A line of {@code /proc/PID/status}, in megabytes: {@code VmRSS}, {@code RssAnon}. */
    public double megabytes(String field) {
        return proc("status")
                        .lines()
                        .filter(line -> line.startsWith(field + ":"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .sum()
                / 1_024.0;
    }

    private String proc(String file) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid, e);
        }
    }
}
