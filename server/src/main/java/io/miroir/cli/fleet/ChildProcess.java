package io.miroir.cli.fleet;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process of the fleet, which may be started again after it ended. Its output goes to a file,
 * appended to over restarts. Not for several threads at a time except {@link #isAlive} and {@link
 * #pid}.
 */
public final class ChildProcess implements AutoCloseable {
    /** As much of a log as is read back to explain a death. */
    private static final int TAIL_BYTES = 8_192;

    private static final int TAIL_LINES = 20;
    private static final Duration KILL_WAIT = Duration.ofSeconds(10);

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private final Path log;
    private volatile @Nullable Process process;

    /**
     * @param environment added to this process's own; secrets go here, never on the command line
     * @param directory where the child runs; its log is `NAME.log` beside that directory
     */
    public ChildProcess(
            String name, List<String> command, Map<String, String> environment, Path directory) {
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.log = directory.resolveSibling(name + ".log");
    }

    /** Starts the process; it must not be running. */
    public void start() {
        if (isAlive()) {
            throw new IllegalStateException(name + " is running already");
        }
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.PIPE)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(ChildProcess::configures);
        builder.environment().putAll(environment);
        try {
            Files.createDirectories(directory);
            process = builder.start();
        } catch (IOException e) {
            throw new FleetException("%s can't be started: %s".formatted(name, e.getMessage()), e);
        }
    }

    /** What configures this process's own pod or node must not leak into those of the fleet. */
    private static boolean configures(String variable) {
        return variable.startsWith("MIROIR_")
                || variable.startsWith("MEILI_")
                || variable.equals("POD_NAME");
    }

    /** The name in messages and of the log file. */
    public String name() {
        return name;
    }

    /** Where the output goes. */
    public Path log() {
        return log;
    }

    /** The process id while it runs and after its end; -1 before the first start. */
    public long pid() {
        Process current = process;
        return current == null ? -1 : current.pid();
    }

    /** Whether the process runs. */
    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** The exit code of the last run (128 + signal when a signal ended it). */
    public int exitCode() {
        Process current = process;
        if (current == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return current.exitValue();
    }

    /** SIGKILL, and waits until the kernel has taken the process away. */
    public void kill() {
        Process current = process;
        if (current != null) {
            current.toHandle().destroyForcibly();
            awaitExit(KILL_WAIT);
        }
    }

    /** SIGTERM without waiting. */
    public void terminate() {
        Process current = process;
        if (current != null) {
            // Process.destroy() would close the child's input too, which tells it something else.
            current.toHandle().destroy();
        }
    }

    /** Waits for the end; false when it still runs after that time. */
    public boolean awaitExit(Duration patience) {
        Process current = process;
        if (current == null) {
            return true;
        }
        try {
            return current.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !current.isAlive();
        }
    }

    /** Stops in order, by force if that takes longer than the patience. */
    public void stop(Duration patience) {
        terminate();
        if (!awaitExit(patience)) {
            kill();
        }
    }

    @Override
    public void close() {
        stop(KILL_WAIT);
    }

    /** The last lines of the log; a sentence instead when there are none. */
    public String logTail() {
        try {
            byte[] bytes = tail(log.toFile());
            List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            if (lines.isEmpty()) {
                return "(its log is empty)";
            }
            int from = Math.max(0, lines.size() - TAIL_LINES);
            return String.join(System.lineSeparator(), lines.subList(from, lines.size()));
        } catch (IOException e) {
            return "(its log can't be read: " + e.getMessage() + ")";
        }
    }

    private static byte[] tail(File file) throws IOException {
        try (var in = new java.io.RandomAccessFile(file, "r")) {
            long from = Math.max(0, in.length() - TAIL_BYTES);
            in.seek(from);
            byte[] bytes = new byte[(int) (in.length() - from)];
            in.readFully(bytes);
            return bytes;
        }
    }
}
