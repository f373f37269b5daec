package io.miroir.bench.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The redis-server that is measured: {@code REDIS_SERVER}, else what the package installs. */
final class RedisBinary {
    private static final Path PACKAGED = Path.of("/usr/bin/redis-server");

    private RedisBinary() {}

    /** Whether there is one. */
    static boolean isThere() {
        return System.getenv("REDIS_SERVER") != null || Files.isExecutable(PACKAGED);
    }

    static String path() {
        String named = System.getenv("REDIS_SERVER");
        if (named != null) {
            return named;
        }
        if (!isThere()) {
            throw new IllegalStateException(
                    "no redis-server: apt-get install redis-server, or set REDIS_SERVER");
        }
        return PACKAGED.toString();
    }

    /** As it says itself, for notes. */
    static String version() {
        try {
            Process process = new ProcessBuilder(path(), "--version").start();
            String line =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return line.replaceAll(".*v=([0-9.]+).*\\s*", "$1");
        } catch (IOException e) {
            throw new UncheckedIOException(path(), e);
        }
    }

    /** Whether WAITAOF is there: from 7.2 on. */
    static boolean knowsWaitAof() {
        String[] parts = version().split("\\.", -1);
        int major = Integer.parseInt(parts[0]);
        return major > 7 || (major == 7 && Integer.parseInt(parts[1]) >= 2);
    }
}
