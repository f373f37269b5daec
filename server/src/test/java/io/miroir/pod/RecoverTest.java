package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two of three pods are gone with their disks; one goes on, by the operator's steps. */
class RecoverTest {
    @TempDir Path directory;

    /** A pod that waits for the lost ones would wait for ever. */
    @Timeout(400)
    @Test
    void oneOfThreePodsGoesOnAndTheOthersJoinItEmpty() throws IOException {
        List<Integer> raft = TestPorts.some(3);
        List<Integer> peer = TestPorts.some(3);
        try (TestNodes nodes = new TestNodes(directory, 2, 1)) {
            List<TestPod> lost = pods("old", nodes, raft, peer);
            try {
                HttpCalls client = lost.getFirst().client();
                client.awaitStatus("GET", "/_miroir/ready", 200);
                client.done("POST", "/indexes/movies/documents", "[{\"id\": 1}, {\"id\": 2}]");
                lost.getLast()
                        .client()
                        .await("GET", "/tasks", reply -> reply.body().path("total").asInt() == 1);
            } finally {
                lost.forEach(TestPod::close);
            }
            Path data = directory.resolve("old-2/data");
            // A backup of a stopped pod does not touch its sealed files.
            byte[] sealed = Files.readAllBytes(data.resolve("store.db"));
            Path backup = directory.resolve("state.mbk");
            String to = backup.toString();
            Cli taken = Cli.run("backup", "--data-dir", data.toString(), "--to", to);
            assertEquals(0, taken.exit(), taken::toString);
            assertArrayEquals(sealed, Files.readAllBytes(data.resolve("store.db")));
            Cli look = recover(data, raft.get(2), peer.get(2), "--dry-run");
            assertEquals(0, look.exit(), look::toString);
            assertTrue(look.out().contains("members [pod-0, pod-1, pod-2]"), look::toString);
            assertTellsWhatMayBeLost(look);
            assertTrue(look.out().contains("Dry run: nothing was changed."), look::toString);
            assertArrayEquals(sealed, Files.readAllBytes(data.resolve("store.db")));
            Cli done = recover(data, raft.get(2), peer.get(2), "--from-survivor");
            assertEquals(0, done.exit(), done::toString);
            // The same before it acts, and what is to be done then.
            assertEquals(facts(look), facts(done));
            assertTrue(done.out().contains("pod-2 is a cluster of one now"), done::toString);
            assertTrue(
                    done.out()
                            .contains(
                                    "give the nodes another key, start pod-2, then the others with"
                                            + " empty data directories"),
                    done::toString);

            List<TestPod> pods = new ArrayList<>();
            try {
                Path survivor = directory.resolve("old-2");
                pods.add(pod(survivor, 2, nodes, raft, peer));
                pods.add(pod(directory.resolve("new-0"), 0, nodes, raft, peer));
                for (TestPod pod : pods) {
                    pod.client()
                            .await(
                                    "GET",
                                    "/indexes/movies/stats",
                                    reply -> reply.body().path("numberOfDocuments").asInt() == 2);
                }
                JsonNode task =
                        pods.getLast()
                                .client()
                                .done("POST", "/indexes/movies/documents", "[{\"id\": 3}]");
                assertEquals("succeeded", task.path("status").asString(), task::toString);
                JsonNode before = pods.getLast().client().call("GET", "/tasks/0").body();
                assertEquals("succeeded", before.path("status").asString(), before::toString);
            } finally {
                pods.forEach(TestPod::close);
            }
        }
    }

    /** How far this pod knows the cluster's history, and what it can't know. */
    private static void assertTellsWhatMayBeLost(Cli look) {
        Matcher database =
                Pattern.compile("The database is at index (\\d+), term \\d+, of 20\\d\\d-")
                        .matcher(look.out());
        Matcher log =
                Pattern.compile(
                                "The log goes to index (\\d+): \\d+ entries with \\d+ commands are not"
                                        + " in the database\\. Whether they were acknowledged is not"
                                        + " known here; they take effect\\.")
                        .matcher(look.out());
        assertTrue(database.find() && log.find(), look::toString);
        assertTrue(Long.parseLong(database.group(1)) > 0, look::toString);
        assertTrue(
                Long.parseLong(log.group(1)) >= Long.parseLong(database.group(1)), look::toString);
        String lost =
                "Lost is what the lost pods acknowledged above index " + log.group(1) + ": nothing";
        assertTrue(look.out().contains(lost), look::toString);
        assertTrue(
                look.out().contains("Keys and sessions that were revoked then are valid again."),
                look::toString);
    }

    /** Without the time that has gone by since. */
    private static List<String> facts(Cli told) {
        return told.out()
                .lines()
                .limit(4)
                .map(line -> line.replaceAll("\\(\\d+ s ago", ""))
                .toList();
    }

    private static Cli recover(Path data, int raft, int peer, String how) {
        return Cli.run(
                "cluster",
                "recover",
                how,
                "--data-dir",
                data.toString(),
                "--pod-id",
                "pod-2",
                "--raft",
                "127.0.0.1:" + raft,
                "--peer",
                "127.0.0.1:" + peer);
    }

    private List<TestPod> pods(
            String name, TestNodes nodes, List<Integer> raft, List<Integer> peer) {
        return TestPod.startTogether(
                3, self -> pod(directory.resolve(name + "-" + self), self, nodes, raft, peer));
    }

    private static TestPod pod(
            Path where, int self, TestNodes nodes, List<Integer> raft, List<Integer> peer) {
        return new TestPod(where, nodes.addresses(), 1, TestPod.group(self, raft, peer));
    }
}
