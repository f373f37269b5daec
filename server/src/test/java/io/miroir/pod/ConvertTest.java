package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod's store goes to the other backend and back by the page's steps, and serves after each. */
class ConvertTest {
    private static final String SINGLE = "pod_id: pod-0\n";

    private final List<Integer> raft = TestPorts.some(1);
    private final List<Integer> peer = TestPorts.some(1);

    @TempDir Path directory;

    @Test
    void aPodThatChangesItsBackendKeepsTasksAndDocuments() {
        try (TestNodes nodes = new TestNodes(directory, 1, 1)) {
            serves(nodes, SINGLE, 1);
            Cli nowhere = convert("raft");
            assertEquals(6, nowhere.exit(), nowhere::toString);
            assertTrue(nowhere.err().contains("give --raft and --peer"), nowhere::toString);

            convertedTo("raft", "--raft", address(raft), "--peer", address(peer));
            serves(nodes, TestPod.group(0, raft, peer), 2);
            convertedTo("sqlite");
            serves(nodes, SINGLE, 3);
        }
    }

    /** Writes one document more, and finds those from before and their tasks. */
    private void serves(TestNodes nodes, String backend, int documents) {
        try (TestPod pod = new TestPod(directory.resolve("pod-0"), nodes.addresses(), 1, backend)) {
            HttpCalls client = pod.client();
            client.awaitStatus("GET", "/_miroir/ready", 200);
            client.done("POST", "/indexes/movies/documents", "[{\"id\": " + documents + "}]");
            assertEquals(
                    documents,
                    client.call("GET", "/indexes/movies/documents").body().path("total").asInt());
            assertEquals(documents, client.call("GET", "/tasks").body().path("total").asInt());
        }
    }

    private void convertedTo(String backend, String... addresses) {
        Cli done = convert(backend, addresses);
        assertEquals(0, done.exit(), done::toString);
        String next = "start pod-0 with task_store.backend: " + backend;
        assertTrue(done.out().contains(next), done::toString);
    }

    private Cli convert(String backend, String... addresses) {
        List<String> arguments =
                List.of(
                        "store",
                        "convert",
                        "--to",
                        backend,
                        "--data-dir",
                        directory.resolve("pod-0/data").toString(),
                        "--pod-id",
                        "pod-0");
        return Cli.run(
                Stream.concat(arguments.stream(), List.of(addresses).stream())
                        .toArray(String[]::new));
    }

    private static String address(List<Integer> ports) {
        return "127.0.0.1:" + ports.getFirst();
    }
}
