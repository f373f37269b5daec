package io.miroir.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line answers, and with which exit code. */
class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir private Path dir;

    @Test
    void helpNamesCommandsAndExitCodes() {
        assertEquals(ExitCode.OK.code(), run("--help"));
        assertTrue(out.toString().contains("demo"), out.toString());
        assertTrue(out.toString().contains("config"), out.toString());
        assertTrue(out.toString().contains("another process listens on a port"), out.toString());
    }

    @Test
    void unknownOptionIsUsage() {
        assertEquals(ExitCode.USAGE.code(), run("--helb"));
        assertTrue(err.toString().contains("Unknown option: '--helb'"), err.toString());
    }

    @Test
    void versionNamesJava() {
        assertEquals(ExitCode.OK.code(), run("version"));
        assertTrue(out.toString().contains("java " + Runtime.version()), out.toString());
    }

    /**
     * Every error of a file is told in one go, and the process says that it is the configuration.
     */
    @Test
    void configCheckTellsEveryError() throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("m.yaml"),
                        """
                        miroir:
                          env: development
                          replication_factor: 1
                          shards: 0
                          nodes: [{id: a, address: "http://127.0.0.1:7701"}]
                          sever: {}
                        """);

        assertEquals(ExitCode.CONFIG.code(), run("config", "check", file.toString()));
        String told = err.toString().replace(file.toString(), "FILE");
        assertTrue(
                told.contains(
                        "error: FILE:4: shards: `0`: allowed is a whole number of 1 to 65536"),
                told);
        assertTrue(
                told.contains("error: FILE:6: sever: unknown key; did you mean `server`?"), told);
        assertTrue(told.contains("miroir: 2 errors in the configuration"), told);
    }

    @Test
    void configCheckOfAGoodFile() throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("m.yaml"),
                        """
                        miroir:
                          env: development
                          replication_factor: 1
                          nodes: [{id: a, address: "http://127.0.0.1:7701"}]
                        """);

        assertEquals(
                ExitCode.OK.code(),
                run("config", "check", "--config", file.toString(), "--set", "shards=8"));
        assertTrue(
                out.toString().startsWith("ok: 1 nodes in 1 groups, 8 shards, 1 pods"),
                out.toString());
        assertTrue(out.toString().contains("without task_store.seal_key"), out.toString());
    }

    /** The usual way to start a pod needs no parser; whatever else is written goes to picocli. */
    @Test
    void serveIsReadPlainly() {
        PrintWriter quiet = new PrintWriter(err);
        PodProcess pod =
                PodProcess.plainly(
                                new String[] {
                                    "serve", "--config", "m.yaml", "--set", "a.b=c=d", "--set", "e="
                                },
                                quiet)
                        .orElseThrow();

        assertEquals(Path.of("m.yaml"), pod.file());
        assertEquals(Map.of("a.b", "c=d", "e", ""), pod.flags());
        for (String other :
                List.of(
                        "",
                        "serve",
                        "serve --help",
                        "serve m.yaml",
                        "serve --config",
                        "serve --set a=b",
                        "serve --config m.yaml --set a",
                        "serve --config m.yaml --config n.yaml",
                        "node --config m.yaml")) {
            assertTrue(PodProcess.plainly(other.split(" ", -1), quiet).isEmpty(), other);
        }
        assertTrue(PodProcess.plainly(new String[0], quiet).isEmpty());
    }

    /** A port in use ends the start with its own exit code, and one line that names the key. */
    @Test
    void portInUse() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            int code =
                    run(
                            "serve",
                            "--set=env=development",
                            "--set=server.bind=127.0.0.1",
                            "--set=server.port=" + port,
                            "--set=metrics.enabled=false",
                            "--set=replication_factor=1",
                            "--set=data_dir=" + dir.resolve("data"),
                            "--set=nodes=[{id: a, address: 'http://127.0.0.1:1'}]");

            assertEquals(ExitCode.PORT_IN_USE.code(), code);
            assertEquals(
                    "miroir: 127.0.0.1:"
                            + port
                            + " (server.port) is in use by another process"
                            + System.lineSeparator(),
                    err.toString());
        }
    }

    /** What is damaged is not served, and starting it again would not help. */
    @Test
    void damagedStoreOfASinglePod() throws IOException {
        Path data = dir.resolve("data");
        new SqliteTaskStore(
                        SqliteStoreConfig.of("miroir-0", data),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {})
                .close();
        Path database = data.resolve("store.db");
        byte[] bytes = Files.readAllBytes(database);
        bytes[bytes.length / 2] ^= 1;
        Files.write(database, bytes);

        int code =
                run(
                        "serve",
                        "--set=env=development",
                        "--set=server.bind=127.0.0.1",
                        "--set=server.port=0",
                        "--set=metrics.enabled=false",
                        "--set=replication_factor=1",
                        "--set=data_dir=" + data,
                        "--set=nodes=[{id: a, address: 'http://127.0.0.1:1'}]");

        assertEquals(ExitCode.IDENTITY.code(), code);
        assertTrue(err.toString().contains("bits changed"), err.toString());
        assertTrue(err.toString().contains("`miroir restore`"), err.toString());
        assertArrayEquals(bytes, Files.readAllBytes(database));
    }

    private int run(String... arguments) {
        CommandLine root = Main.commandLine();
        root.setOut(new PrintWriter(out, true));
        root.setErr(new PrintWriter(err, true));
        return root.execute(arguments);
    }
}
