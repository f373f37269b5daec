package io.miroir.pod;

import io.miroir.cli.fleet.PortWait;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The real program, where a test machine has it. */
final class RealNode implements TestNode {
    private final String program;
    private final Path directory;
    private final int port;
    private final List<String> more;
    private String key = KEY;
    private @Nullable Process process;

    /** Starts it with further options. */
    RealNode(String program, Path directory, String... more) {
        this.program = program;
        this.directory = directory;
        this.port = TestPorts.one();
        this.more = List.of(more);
        start();
    }

    @Override
    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void useKey(String next) {
        key = next;
    }

    @Override
    public void start() {
        PortWait.untilFree(port);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program,
                                "--master-key",
                                key,
                                "--no-analytics",
                                "--http-addr",
                                "127.0.0.1:" + port,
                                "--db-path",
                                directory.resolve("data").toString(),
                                "--max-indexing-memory",
                                "256MiB",
                                "--max-indexing-threads",
                                "1"));
        command.addAll(more);
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(new File(directory.toFile(), "log"))
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HttpCalls calls = new HttpCalls(address(), key);
        calls.awaitStatus("GET", "/health", 200);
    }

    @Override
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        kill();
    }
}
