package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A cluster that begins again from a backup, by the operator's steps (protocol rule 17). */
class RestoreTest {
    @TempDir Path directory;

    @Test
    void aSinglePodsBackupBecomesThreePodsThatServeTheSameDocuments() {
        Path backup = directory.resolve("state.mbk");
        try (TestNodes nodes = new TestNodes(directory, 2, 1)) {
            long lastTask;
            try (TestPod old = new TestPod(directory.resolve("old"), nodes.addresses(), 1, "")) {
                HttpCalls client = old.client();
                client.awaitStatus("GET", "/_miroir/ready", 200);
                client.done("POST", "/indexes/movies/documents", documents(0, 50));
                String url = old.address().toString();
                Cli taken =
                        Cli.run(
                                "backup",
                                "--from",
                                url,
                                "--admin-key",
                                TestPod.ADMIN_KEY,
                                "--to",
                                backup.toString());
                assertEquals(0, taken.exit(), taken::toString);
                // The lost time: the nodes have it, the backup does not.
                lastTask =
                        client.done("POST", "/indexes/movies/documents", documents(50, 60))
                                .path("uid")
                                .asLong();
            }
            List<Integer> raft = TestPorts.some(3);
            List<Integer> peer = TestPorts.some(3);
            Cli restored =
                    Cli.run(
                            "restore",
                            backup.toString(),
                            "--data-dir",
                            directory.resolve("pod-0/data").toString(),
                            "--pod-id",
                            "pod-0",
                            "--raft",
                            "127.0.0.1:" + raft.getFirst(),
                            "--peer",
                            "127.0.0.1:" + peer.getFirst());
            assertEquals(0, restored.exit(), restored::toString);
            assertTrue(restored.out().contains("unverified"), restored::toString);

            List<TestPod> pods = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    String group = TestPod.group(i, raft, peer);
                    pods.add(
                            new TestPod(
                                    directory.resolve("pod-" + i), nodes.addresses(), 1, group));
                }
                serves(pods, lastTask);
            } finally {
                pods.forEach(TestPod::close);
            }
        }
    }

    private static void serves(List<TestPod> pods, long lastTask) {
        // Both copies agree, also on what came after the backup: they are believed.
        for (TestPod pod : pods) {
            pod.client()
                    .await(
                            "GET",
                            "/indexes/movies/stats",
                            reply -> reply.body().path("numberOfDocuments").asInt() == 60);
        }
        JsonNode task =
                pods.getLast()
                        .client()
                        .done("POST", "/indexes/movies/documents", documents(60, 61));
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertTrue(task.path("uid").asLong() > lastTask + 1_000_000, task::toString);
        JsonNode first = pods.get(1).client().call("GET", "/tasks/0").body();
        assertEquals("succeeded", first.path("status").asString(), first::toString);
    }

    private static String documents(int from, int to) {
        StringBuilder text = new StringBuilder("[");
        for (int id = from; id < to; id++) {
            text.append(id == from ? "" : ",").append("{\"id\": ").append(id).append("}");
        }
        return text.append("]").toString();
    }
}
