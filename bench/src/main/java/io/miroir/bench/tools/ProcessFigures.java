package io.miroir.bench.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel tells of a process that runs. */
public record ProcessFigures(long pid) {
    private static final int TICK_MILLIS = 10;

    /** CPU time that it has used, in milliseconds (the kernel counts in ten). */
    public long cpuMillis() {
        return cpuMillis(proc("stat"));
    }

    private static long cpuMillis(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
    }

    /**
     * CPU time of the compilers of a JVM, in milliseconds: of their threads that are there now. 0
     * for what is none, or has ended.
     */
    public long compilersCpuMillis() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
            return threads.mapToLong(ProcessFigures::compilerCpuMillis).sum();
        } catch (IOException | UncheckedIOException ended) {
            return 0;
        }
    }

    private static long compilerCpuMillis(Path thread) {
        try {
            String name = Files.readString(thread.resolve("comm"));
            return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler")
                    ? cpuMillis(Files.readString(thread.resolve("stat")))
                    : 0;
        } catch (IOException gone) {
            return 0;
        }
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
