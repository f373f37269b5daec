package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.Main;
import io.miroir.cli.fleet.ChildProcess;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.edge.http.HttpServer;
import io.miroir.embedded.Node;
import io.miroir.embedded.NodeConfig;
import io.miroir.embedded.engine.LuceneEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code miroir demo} as its user meets it: a process that starts others and ends them all. */
@Tag("cluster")
class DemoProcessTest {
    private static final Duration PATIENCE = TestCluster.PATIENCE;
    private static final int STOPPED_IN_ORDER = 143;
    private static final Pattern DIRECTORY =
            Pattern.compile("Data and logs are in (\\S+) \\(removed at the end\\)");

    @TempDir private Path dir;

    /** Ctrl-C and SIGTERM go the same way, by the JVM's shutdown. */
    @Test
    void whoStopsItFindsNoProcessAndNoFileLeft() throws Exception {
        int port = PortsApart.make().free();
        try (ChildProcess demo = demo("--no-data", "--port", String.valueOf(port))) {
            demo.start();
            awaitSaid(demo, "until you press Ctrl-C");
            String said = Files.readString(demo.log());
            assertTrue(said.contains("http://127.0.0.1:" + port), said);
            Matcher directory = DIRECTORY.matcher(said);
            assertTrue(directory.find(), said);
            List<ProcessHandle> children =
                    ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
            assertEquals(2, children.size(), "a pod and a node");

            demo.terminate();

            assertTrue(demo.awaitExit(PATIENCE), demo.logTail());
            assertEquals(STOPPED_IN_ORDER, demo.exitCode());
            for (ProcessHandle child : children) {
                child.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            assertFalse(Files.exists(Path.of(directory.group(1))), demo.logTail());
        }
    }

    /** A newcomer pastes them: own documents on a single node, and every line gets an answer. */
    @Test
    void theCommandsThatItShowsWork() throws Exception {
        Path data =
                Files.writeString(
                        dir.resolve("people.csv"),
                        "id,name,city\n1,Ada Lovelace,London\n2,Alan Turing,London\n3,É. O'Neil,Cork\n");
        try (ChildProcess demo = demo("--data", data.toString())) {
            demo.start();
            awaitSaid(demo, "until you press Ctrl-C");
            String said = Files.readString(demo.log());
            assertTrue(said.contains("node-0") && said.contains("3 documents"), said);
            List<List<String>> commands = commands(said);
            assertTrue(commands.size() > 3, said);
            for (List<String> curl : commands) {
                HttpResponse<String> answer = request(curl);
                assertEquals(200, answer.statusCode(), curl + ": " + answer.body());
                if (curl.toString().contains("/search")) {
                    assertTrue(answer.body().contains("\"name\":"), curl + ": " + answer.body());
                }
            }
        }
    }

    /** The words of each command, told apart by the shell that they are meant for. */
    private static List<List<String>> commands(String said) throws IOException {
        List<List<String>> commands = new ArrayList<>();
        for (String line : said.replace("\\\n", " ").lines().map(String::strip).toList()) {
            if (line.startsWith("curl ")) {
                String words = "printf '%s\\n'" + line.substring("curl".length());
                Process shell = new ProcessBuilder("sh", "-c", words).start();
                commands.add(shell.inputReader().lines().toList());
            }
        }
        return commands;
    }

    /** What curl would send for {@code -s URL [-H HEADER]... [-d BODY]}. */
    private static HttpResponse<String> request(List<String> curl)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(curl.get(1)));
        for (int i = 2; i < curl.size(); i += 2) {
            String value = curl.get(i + 1);
            switch (curl.get(i)) {
                case "-H" -> {
                    int colon = value.indexOf(": ");
                    request.header(value.substring(0, colon), value.substring(colon + 2));
                }
                case "-d" -> request.POST(HttpRequest.BodyPublishers.ofString(value));
                default -> throw new AssertionError(curl.toString());
            }
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /**
     * {@code --nodes}: borrowed servers are given back empty, or the next demo would refuse them.
     */
    @Test
    void aServerOfTheUsersIsUsedAndGivenBack() throws Exception {
        String key = "key-of-the-users-server";
        NodeConfig config =
                new NodeConfig(
                        "127.0.0.1", 0, key, dir.resolve("users"), HttpServer.Limits.defaults());
        Path data = Files.writeString(dir.resolve("people.json"), "[{\"id\":1},{\"id\":2}]");
        try (Node node = Node.start(config, LuceneEngine::open)) {
            String server = "http://127.0.0.1:" + node.port();
            for (int run = 0; run < 2; run++) {
                try (ChildProcess demo =
                        demo(
                                "--nodes=" + server,
                                "--node-key=" + key,
                                "--data=" + data,
                                "--exit-after-load")) {
                    demo.start();
                    assertTrue(demo.awaitExit(PATIENCE), demo::logTail);
                    assertEquals(0, demo.exitCode(), demo.logTail());
                    String said = Files.readString(demo.log());
                    assertTrue(said.contains("2 documents of people.json"), said);
                    assertTrue(said.contains("removed from your servers"), said);
                }
                awaitNoIndex(server, key);
            }
        }
    }

    private static void awaitNoIndex(String server, String key) throws Exception {
        List<String> curl =
                List.of("-s", server + "/indexes", "-H", "Authorization: Bearer " + key);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!request(curl).body().contains("\"total\":0")) {
            assertTrue(System.nanoTime() < deadline, "the index is still there");
            Thread.sleep(50);
        }
    }

    @Test
    void aPortInUseIsToldBeforeAnythingStarts() throws Exception {
        int port = PortsApart.make().free();
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                ChildProcess demo =
                        demo("--no-data", "--port", String.valueOf(taken.getLocalPort()))) {
            demo.start();
            assertTrue(demo.awaitExit(PATIENCE));
            assertEquals(1, demo.exitCode());
            String said = Files.readString(demo.log());
            assertTrue(said.contains("Port " + port + " of 127.0.0.1 is in use"), said);
            assertFalse(said.contains("Starting"), said);
        }
    }

    private ChildProcess demo(String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of("demo", "--pods", "1", "--groups", "1", "--nodes-per-group", "1"));
        arguments.addAll(List.of(more));
        List<String> command = PodImage.launch().command(128, Main.class.getName(), arguments);
        return new ChildProcess("demo", command, Map.of(), dir.resolve("demo"));
    }

    private static void awaitSaid(ChildProcess demo, String words)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.readString(demo.log()).contains(words)) {
            assertTrue(demo.isAlive() && System.nanoTime() < deadline, demo::logTail);
            Thread.sleep(50);
        }
    }
}
