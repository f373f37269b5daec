package io.miroir.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Kill -9 of a node in a process of its own: what was acknowledged survives, exactly once. */
class NodeCrashTest {
    private static final int ROUNDS = 3;
    private static final int WRITES_A_ROUND = 60;

    @TempDir private Path directory = Path.of("");

    /** A node that another process runs. */
    private record Child(Process process, int port) {}

    private Child start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.miroir.cli.Main",
                                "node",
                                "--port",
                                "0",
                                "--dir",
                                directory.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("MEILI_MASTER_KEY", NodeClient.MASTER_KEY);
        Process process = builder.start();
        return new Child(process, announcedPort(process));
    }

    private static int announcedPort(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            int at = line.indexOf("http://");
            if (at >= 0) {
                return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).trim());
            }
        }
        throw new IOException("the node ended before it listened");
    }

    /**
     * Writes are acknowledged while earlier ones run, then the node is killed, several times. In
     * the end each acknowledged task succeeded once, and its document is there.
     */
    @Test
    void acknowledgedTasksSurviveExactlyOnce() throws Exception {
        Map<Long, Integer> acknowledged = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            Child child = start();
            try (NodeClient client = new NodeClient(child.port)) {
                for (int i = 0; i < WRITES_A_ROUND; i++) {
                    int id = round * WRITES_A_ROUND + i;
                    String document = "[{\"id\":" + id + ",\"round\":" + round + "}]";
                    long uid = client.write("POST", "/indexes/crash/documents", document);
                    acknowledged.put(uid, id);
                }
            } finally {
                kill(child);
            }
        }
        Child child = start();
        try (NodeClient client = new NodeClient(child.port)) {
            int total = ROUNDS * WRITES_A_ROUND;
            client.await(acknowledged.keySet().stream().mapToLong(Long::longValue).max().orElse(0));
            assertEquals(total, acknowledged.size(), "no uid is given out twice");
            JsonNode tasks = client.get("/tasks?limit=1000&statuses=succeeded");
            assertEquals(total, tasks.get("total").intValue(), tasks::toString);
            for (JsonNode task : tasks.get("results")) {
                assertEquals(1, task.at("/details/indexedDocuments").intValue(), task::toString);
            }
            List<Integer> there = new ArrayList<>();
            client.get("/indexes/crash/documents?limit=1000&fields=id")
                    .get("results")
                    .forEach(document -> there.add(document.get("id").intValue()));
            assertEquals(acknowledged.values().stream().sorted().toList(), sorted(there));
        } finally {
            kill(child);
        }
    }

    private static List<Integer> sorted(List<Integer> ids) {
        return ids.stream().sorted().toList();
    }

    private static void kill(Child child) throws InterruptedException {
        child.process.destroyForcibly();
        assertTrue(child.process.waitFor(20, TimeUnit.SECONDS));
    }
}
