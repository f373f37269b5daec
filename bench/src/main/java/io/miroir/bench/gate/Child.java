package io.miroir.bench.gate;

import io.miroir.bench.tools.ProcessFigures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that this one started; it is told lines and answers lines, and never outlives it. */
final class Child implements AutoCloseable {
    private static final long END_MILLIS_MAX = 5_000;
    private static final int STORE_HEAP_MEGABYTES = 256;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    /** Whether this process ends: then nobody starts another one. */
    private static volatile boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Child::endAll));
    }

    private final String name;
    private final Process process;
    private final Writer words;
    private final BufferedReader answers;
    private volatile boolean paused;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.words = process.outputWriter(StandardCharsets.UTF_8);
        this.answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts it; what it says on its error stream goes to {@code NAME.log}. */
    static Child start(String name, Path logDir, List<String> command) {
        mustGoOn();
        try {
            Files.createDirectories(logDir);
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(
                                    ProcessBuilder.Redirect.appendTo(
                                            logDir.resolve(name + ".log").toFile()))
                            .start();
            runs(process);
            return new Child(name, process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.getFirst(), e);
        }
    }

    /** kill -9 to all that run: whoever waits for an answer of theirs gets none. */
    static void killAll() {
        RUNNING.forEach(Process::destroyForcibly);
    }

    /** The same, for good, and waits until they are gone. */
    static void endAll() {
        ending = true;
        killAll();
        try {
            for (Process process : RUNNING) {
                process.waitFor(END_MILLIS_MAX, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void mustGoOn() {
        if (ending) {
            throw new IllegalStateException("the gate is being stopped");
        }
    }

    /** One that was started just when all were ended is ended as well. */
    private static void runs(Process process) {
        RUNNING.add(process);
        if (ending) {
            process.destroyForcibly();
        }
    }

    /** Runs a command to its end; throws with what it said unless it ends well and in time. */
    static void run(ProcessBuilder builder, Duration patience) {
        String command = String.join(" ", builder.command().reversed().subList(0, 2).reversed());
        mustGoOn();
        try {
            Path said = Files.createTempFile("miroir-gate-", ".log");
            Process process =
                    builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
            runs(process);
            boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            RUNNING.remove(process);
            String words = Files.readString(said);
            Files.delete(said);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed: " + words.strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** A store in a JVM of its own, which starts as a pod's; waits until it is open. */
    static Child store(String name, Path logDir, List<String> arguments) {
        Child child =
                start(
                        name,
                        logDir,
                        PodJvm.launch()
                                .command(
                                        STORE_HEAP_MEGABYTES,
                                        StoreProcess.class.getName(),
                                        arguments));
        child.answer();
        return child;
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Says a line and waits for the answer to it. */
    String ask(String line) {
        tell(line);
        return answer();
    }

    /** Says a line; its answer is to be fetched by {@link #answer}. */
    void tell(String line) {
        try {
            words.write(line + "\n");
            words.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not listen", e);
        }
    }

    /** The next answer; other lines on its output are no answers. */
    String answer() {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith("> failed")) {
                    throw new IllegalStateException(name + ": " + line);
                }
                if (line.startsWith("> ")) {
                    return line.substring(2);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
        throw new IllegalStateException(name + " ended; see its log");
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** SIGSTOP: it does nothing more from here on, not even end when it is asked to. */
    void pause() {
        paused = true;
        try {
            new ProcessBuilder("kill", "-STOP", String.valueOf(pid())).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the kernel tells of it. */
    ProcessFigures figures() {
        return new ProcessFigures(pid());
    }

    /** Asks it to end, then ends it; one that is paused hears nothing. */
    @Override
    public void close() {
        if (paused) {
            kill();
            return;
        }
        process.destroy();
        if (!await()) {
            kill();
        }
    }

    private boolean await() {
        try {
            boolean ended = process.waitFor(END_MILLIS_MAX, TimeUnit.MILLISECONDS);
            if (ended) {
                RUNNING.remove(process);
            }
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
