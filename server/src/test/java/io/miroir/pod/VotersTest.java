package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * From one voter to three and five and back to three; one that is lost is replaced, and the one
 * that leads leaves: by the API and by command, whichever pod is asked, while clients write.
 */
class VotersTest {
    private static final int PODS = 6;
    private static final int PEERS_MAX = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long PAUSE_NANOS = 20_000_000;
    private static final String DOCUMENTS = "/indexes/movies/documents";

    /** Those that say what was written. */
    private static final List<String> TABLES =
            List.of("tasks", "indexes", "replica_state", "lanes", "intents");

    @TempDir Path directory;

    private final List<Integer> raft = TestPorts.some(PODS);
    private final List<Integer> peer = TestPorts.some(PODS);
    private final Map<Integer, TestPod> pods = new ConcurrentSkipListMap<>();

    @AfterEach
    void stopAll() {
        pods.values().forEach(TestPod::close);
    }

    /** A pod whose configuration names itself and those before it, as many as it may name. */
    private void start(int self, TestNodes nodes) {
        List<Integer> told =
                IntStream.concat(
                                IntStream.range(0, Math.min(self, PEERS_MAX - 1)),
                                IntStream.of(self))
                        .boxed()
                        .toList();
        pods.put(
                self,
                new TestPod(
                        directory.resolve("pod-" + self),
                        nodes.addresses(),
                        1,
                        TestPod.group(self, told, raft, peer, "")));
    }

    private TestPod pod(int number) {
        return Objects.requireNonNull(pods.get(number));
    }

    private void stop(int number) {
        Objects.requireNonNull(pods.remove(number)).close();
    }

    /** Until it is agreed: one who was just elected waits until it knows who lives. */
    private JsonNode byApi(int asked, String change, String body) {
        return pod(asked)
                .operator()
                .await("POST", "/_miroir/cluster/" + change, body, reply -> reply.status() == 200)
                .body()
                .path("members");
    }

    private void refused(int asked, String change, String body, String why) {
        HttpCalls.Reply reply =
                pod(asked)
                        .operator()
                        .await(
                                "POST",
                                "/_miroir/cluster/" + change,
                                body,
                                said -> said.body().path("message").asString("").contains(why));
        assertEquals(409, reply.status());
        assertEquals("miroir_membership_refused", reply.body().path("code").asString(""));
    }

    private Cli byCommand(int asked, String... words) {
        List<String> command = new ArrayList<>(List.of("cluster"));
        command.addAll(List.of(words));
        command.addAll(
                List.of(
                        "--from",
                        pod(asked).address().toString(),
                        "--admin-key",
                        TestPod.ADMIN_KEY));
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        Cli cli = Cli.run(command.toArray(String[]::new));
        while (cli.exit() != 0) {
            assertTrue(System.nanoTime() < giveUpNanos, cli::toString);
            cli = Cli.run(command.toArray(String[]::new));
        }
        return cli;
    }

    private static List<String> voters(JsonNode members) {
        return members.valueStream()
                .filter(member -> member.path("voter").asBoolean())
                .map(member -> member.path("pod").asString(""))
                .sorted()
                .toList();
    }

    private static List<String> named(int... numbers) {
        return IntStream.of(numbers).mapToObj(number -> "pod-" + number).toList();
    }

    /** What a pod knows by itself. */
    private void awaitVoters(int asked, int... wanted) {
        pod(asked)
                .operator()
                .await(
                        "GET",
                        "/_miroir/cluster",
                        reply -> voters(reply.body().path("members")).equals(named(wanted)));
    }

    private int leader(int asked) {
        String id =
                pod(asked)
                        .operator()
                        .await(
                                "GET",
                                "/_miroir/cluster",
                                reply -> reply.body().path("leader").isString())
                        .body()
                        .path("leader")
                        .asString("");
        return Integer.parseInt(id.substring("pod-".length()));
    }

    /** One document after the other, by whichever pods run, and counts those that are accepted. */
    private final class Writer implements AutoCloseable {
        private final Thread thread = Thread.ofPlatform().start(this::write);
        private volatile boolean ended;
        private volatile int accepted;

        private void write() {
            int turn = 0;
            while (!ended) {
                List<TestPod> running = List.copyOf(pods.values());
                HttpCalls client = running.get(turn++ % running.size()).client();
                try {
                    int next = accepted + 1;
                    String document = "[{\"id\": %d}]".formatted(next);
                    if (client.call("POST", DOCUMENTS, document).status() == 202) {
                        accepted = next;
                    }
                } catch (UncheckedIOException stopped) {
                    // Another one takes it.
                }
            }
        }

        /** Writes go on in the cluster as it is now. */
        void awaitMore() {
            int wanted = accepted + 3;
            long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
            while (accepted < wanted) {
                assertTrue(System.nanoTime() < giveUpNanos, "no write is accepted any more");
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        @Override
        public void close() {
            ended = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Name, rows and digest of what a pod has, by its own backup. */
    private List<String> tables(int number, int attempt) {
        Path file = directory.resolve("pod-%d-%d.mbk".formatted(number, attempt));
        Cli taken =
                Cli.run(
                        "backup",
                        "--from",
                        pod(number).address().toString(),
                        "--admin-key",
                        TestPod.ADMIN_KEY,
                        "--to",
                        file.toString());
        assertEquals(0, taken.exit(), taken::toString);
        return Cli.run("backup", "verify", file.toString())
                .out()
                .lines()
                .map(String::strip)
                .filter(line -> TABLES.contains(line.split(" ", 2)[0]))
                .toList();
    }

    private void awaitEqualTables() {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        for (int attempt = 0; ; attempt++) {
            int turn = attempt;
            List<List<String>> all =
                    pods.keySet().stream().map(number -> tables(number, turn)).toList();
            assertEquals(TABLES.size(), all.getFirst().size(), all::toString);
            if (all.stream().distinct().count() == 1) {
                return;
            }
            assertTrue(System.nanoTime() < giveUpNanos, all::toString);
        }
    }

    @Test
    void oneBecomesThreeAndFiveALostOneIsReplacedTheLeaderLeavesAndThreeStay() {
        try (TestNodes nodes = new TestNodes(directory, 1, 1)) {
            start(0, nodes);
            pod(0).client().awaitStatus("GET", "/_miroir/ready", 200);
            Writer writer = new Writer();
            try (writer) {
                writer.awaitMore();
                start(1, nodes);
                start(2, nodes);
                assertEquals(named(0, 1), voters(byApi(0, "promote", "{\"pod\":\"pod-1\"}")));
                // A listener may be asked about itself.
                assertEquals(named(0, 1, 2), voters(byApi(2, "promote", "{\"pod\":\"pod-2\"}")));
                writer.awaitMore();

                start(3, nodes);
                start(4, nodes);
                byCommand(1, "promote", "pod-3", "pod-4");
                awaitVoters(4, 0, 1, 2, 3, 4);
                writer.awaitMore();
                start(5, nodes);
                refused(0, "promote", "{\"pod\":\"pod-5\"}", "there are 5 voters already");
                // It asked for its place itself, and lives.
                String known =
                        """
                        {"pod": "pod-5", "raft": "127.0.0.1:%d", "peer": "127.0.0.1:%d"}"""
                                .formatted(raft.get(5), peer.get(5));
                refused(1, "join", known, "a pod named pod-5 is a member, and alive");

                // A machine is lost, another one takes its place.
                stop(4);
                assertEquals(
                        named(0, 1, 2, 3, 5),
                        voters(byApi(3, "replace", "{\"lost\":\"pod-4\",\"by\":\"pod-5\"}")));
                awaitVoters(5, 0, 1, 2, 3, 5);
                writer.awaitMore();

                int first = leader(5);
                int other = first == 5 ? 3 : 5;
                Cli left = byCommand(other, "leave", "pod-" + first);
                assertFalse(left.out().contains("pod-" + first + " "), left::toString);
                stop(first);
                writer.awaitMore();
                int second = first == 0 ? 1 : 0;
                List<String> stay = voters(byApi(other, "leave", naming(second)));
                stop(second);
                assertEquals(3, stay.size(), stay::toString);
                assertEquals(stay, pods.keySet().stream().map(number -> "pod-" + number).toList());
                writer.awaitMore();
            }
            for (TestPod each : pods.values()) {
                each.client()
                        .await(
                                "GET",
                                DOCUMENTS,
                                reply -> reply.body().path("total").asInt() >= writer.accepted);
            }
            awaitEqualTables();
        }
    }

    private static String naming(int number) {
        return "{\"pod\":\"pod-%d\"}".formatted(number);
    }

    @Test
    void whatIsAskedForAmissChangesNothing() {
        try (TestNodes nodes = new TestNodes(directory, 1, 1)) {
            start(0, nodes);
            pod(0).client().awaitStatus("GET", "/_miroir/ready", 200);
            String nobody =
                    """
                    {"pod": "pod-9", "raft": "127.0.0.1:1", "peer": "127.0.0.1:1"}""";
            refused(0, "join", nobody, "no pod-9 answers at 127.0.0.1:1");
            refused(0, "promote", naming(9), "pod-9 is no member");
            refused(0, "leave", naming(0), "the last voter");
            refused(0, "replace", "{\"lost\":\"pod-0\",\"by\":\"pod-9\"}", "must join first");
            HttpCalls operator = pod(0).operator();
            HttpCalls.Reply incomplete =
                    operator.call("POST", "/_miroir/cluster/replace", "{\"lost\":\"pod-0\"}");
            assertEquals(400, incomplete.status());
            assertTrue(
                    incomplete.body().path("message").asString("").contains("`by` is missing"),
                    incomplete::toString);
            assertEquals(400, operator.call("POST", "/_miroir/cluster/leave", "{").status());
            HttpCalls.Reply stranger =
                    pod(0).client().call("POST", "/_miroir/cluster/leave", naming(0));
            assertEquals(401, stranger.status(), stranger::toString);
            awaitVoters(0, 0);
        }
    }
}
