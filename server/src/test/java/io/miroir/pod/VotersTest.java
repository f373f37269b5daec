package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * From one voter to three and five; one that is lost is replaced, and the one that leads leaves: by
 * the API and by command, whichever pod is asked.
 */
class VotersTest {
    private static final int PODS = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String DOCUMENTS = "/indexes/movies/documents";

    @TempDir Path directory;

    private final List<Integer> raft = TestPorts.some(PODS);
    private final List<Integer> peer = TestPorts.some(PODS);
    private final Map<Integer, TestPod> pods = new TreeMap<>();

    @AfterEach
    void stopAll() {
        pods.values().forEach(TestPod::close);
    }

    /** A pod whose configuration names itself and those before it. */
    private void start(int self, TestNodes nodes) {
        pods.put(
                self,
                new TestPod(
                        directory.resolve("pod-" + self),
                        nodes.addresses(),
                        1,
                        TestPod.group(self, raft.subList(0, self + 1), peer.subList(0, self + 1))));
    }

    private TestPod pod(int number) {
        return Objects.requireNonNull(pods.get(number));
    }

    private void stop(int number) {
        pod(number).close();
        pods.remove(number);
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

    /** What each pod knows by itself. */
    private void awaitVoters(int asked, List<String> wanted) {
        pod(asked)
                .operator()
                .await(
                        "GET",
                        "/_miroir/cluster",
                        reply -> voters(reply.body().path("members")).equals(wanted));
    }

    private void write(int asked, int document) {
        HttpCalls client = pod(asked).client();
        JsonNode task =
                client.await(
                                "POST",
                                DOCUMENTS,
                                "[{\"id\": %d}]".formatted(document),
                                reply -> reply.status() == 202)
                        .body();
        client.finished(task.path("taskUid").asLong());
    }

    @Test
    void oneVoterBecomesThreeAndFiveALostOneIsReplacedAndTheOneThatLeadsLeaves() {
        try (TestNodes nodes = new TestNodes(directory, 1, 1)) {
            start(0, nodes);
            pod(0).client().awaitStatus("GET", "/_miroir/ready", 200);
            write(0, 1);
            start(1, nodes);
            start(2, nodes);
            assertEquals(
                    List.of("pod-0", "pod-1"), voters(byApi(0, "promote", "{\"pod\":\"pod-1\"}")));
            // A listener may be asked about itself.
            assertEquals(
                    List.of("pod-0", "pod-1", "pod-2"),
                    voters(byApi(2, "promote", "{\"pod\":\"pod-2\"}")));
            write(1, 2);

            start(3, nodes);
            start(4, nodes);
            byCommand(1, "promote", "pod-3", "pod-4");
            List<String> five = List.of("pod-0", "pod-1", "pod-2", "pod-3", "pod-4");
            awaitVoters(4, five);
            start(5, nodes);
            refused(0, "promote", "{\"pod\":\"pod-5\"}", "there are 5 voters already");

            // A machine is lost, another one takes its place.
            stop(4);
            assertEquals(
                    List.of("pod-0", "pod-1", "pod-2", "pod-3", "pod-5"),
                    voters(byApi(3, "replace", "{\"lost\":\"pod-4\",\"by\":\"pod-5\"}")));
            write(5, 3);

            String leads =
                    pod(5).operator()
                            .await(
                                    "GET",
                                    "/_miroir/cluster",
                                    reply -> !reply.body().path("leader").isNull())
                            .body()
                            .path("leader")
                            .asString("");
            int leader = Integer.parseInt(leads.substring("pod-".length()));
            int other = leader == 5 ? 3 : 5;
            Cli left = byCommand(other, "leave", leads);
            assertFalse(left.out().contains(leads + " "), left::toString);
            stop(leader);
            write(other, 4);
            for (TestPod each : pods.values()) {
                each.client()
                        .await("GET", DOCUMENTS, reply -> reply.body().path("total").asInt() == 4);
            }
        }
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
            refused(0, "promote", "{\"pod\":\"pod-9\"}", "pod-9 is no member");
            refused(0, "leave", "{\"pod\":\"pod-0\"}", "the last voter");
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
                    pod(0).client().call("POST", "/_miroir/cluster/leave", "{\"pod\":\"pod-0\"}");
            assertEquals(401, stranger.status(), stranger::toString);
            awaitVoters(0, List.of("pod-0"));
        }
    }
}
