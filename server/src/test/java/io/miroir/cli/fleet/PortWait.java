package io.miroir.cli.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Waits until a port can be listened on again. A selector gives a closed port back when its thread
 * comes round: later, on a busy machine.
 */
public final class PortWait {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long BETWEEN_LOOKS_MILLIS = 20;
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private PortWait() {}

    /** Fails after a minute, and says who holds the port. */
    public static void untilFree(int port) {
        long giveUpNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!Ports.isFree(port)) {
            if (System.nanoTime() > giveUpNanos) {
                throw new AssertionError("port " + port + " is held by " + holders(port));
            }
            try {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", stopped);
            }
        }
    }

    /** Its sockets as Linux lists them: addresses, the state, and whether they are of this JVM. */
    private static List<String> holders(int port) {
        String local = String.format(Locale.ROOT, ":%04X", port);
        return Stream.of("tcp", "tcp6")
                .flatMap(kind -> lines(Path.of("/proc/net/" + kind)))
                .map(line -> line.strip().split("\\s+", -1))
                .filter(field -> field.length > INODE && field[LOCAL].endsWith(local))
                .map(
                        field ->
                                "%s -> %s, state %s, %s"
                                        .formatted(
                                                field[LOCAL],
                                                field[LOCAL + 1],
                                                field[STATE],
                                                isOurs(field[INODE]) ? "ours" : "not ours"))
                .toList();
    }

    private static boolean isOurs(String inode) {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.anyMatch(file -> target(file).equals("socket:[" + inode + "]"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException notLinux) {
            return Stream.empty();
        }
    }
}
