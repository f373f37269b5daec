package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.format.CommandFormats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's steps of {@code docs/operations/membership.md}, by {@code miroir cluster …}. */
class MembersByCommandTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path directory;

    private final List<Integer> raft = TestPorts.some(4);
    private final List<Integer> peer = TestPorts.some(4);
    private final List<TestPod> pods = new ArrayList<>();

    @AfterEach
    void stopAll() {
        pods.forEach(TestPod::close);
    }

    /** A pod whose configuration names itself and those before it. */
    private TestPod start(int self, TestNodes nodes) {
        List<Integer> known = raft.subList(0, self + 1);
        TestPod pod =
                new TestPod(
                        directory.resolve("pod-" + self),
                        nodes.addresses(),
                        1,
                        TestPod.group(self, known, peer.subList(0, self + 1)));
        pods.add(pod);
        return pod;
    }

    private Cli cluster(String... words) {
        List<String> command = new ArrayList<>(List.of("cluster"));
        command.addAll(List.of(words));
        command.addAll(
                List.of(
                        "--from",
                        pods.getFirst().address().toString(),
                        "--admin-key",
                        TestPod.ADMIN_KEY));
        return Cli.run(command.toArray(String[]::new));
    }

    /** Until it is agreed: a leader that was just elected waits until it knows who lives. */
    private Cli agreed(String... words) {
        return await(cli -> cli.exit() == 0, words);
    }

    private Cli await(Predicate<Cli> wanted, String... words) {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        Cli cli = cluster(words);
        while (!wanted.test(cli)) {
            assertTrue(System.nanoTime() < giveUpNanos, cli::toString);
            cli = cluster(words);
        }
        return cli;
    }

    private static long voters(Cli status) {
        return status.out().lines().filter(line -> line.contains(" voter ")).count();
    }

    private static long knowingTheFormat(Cli status) {
        String knows = "knows format " + CommandFormats.OF_THIS_PROGRAM.known() + ",";
        return status.out().lines().filter(line -> line.contains(knows)).count();
    }

    @Test
    void oneVoterBecomesThreeOneIsReplacedAndOneLeaves() {
        try (TestNodes nodes = new TestNodes(directory, 1, 1)) {
            HttpCalls client = start(0, nodes).client();
            client.awaitStatus("GET", "/_miroir/ready", 200);
            client.done("POST", "/indexes/movies/documents", "[{\"id\": 1}]");
            start(1, nodes);
            start(2, nodes);
            assertEquals(1, voters(agreed("status")));
            // They are asked from when the first pod has seen that they are members.
            await(status -> knowingTheFormat(status) == 3, "status");
            Cli promoted = agreed("promote", "pod-1", "pod-2");
            assertEquals(3, voters(promoted), promoted::toString);

            // A machine is lost, another one takes its place.
            pods.remove(2).close();
            start(3, nodes);
            Cli replaced = agreed("replace", "pod-2", "pod-3");
            assertEquals(3, voters(replaced), replaced::toString);
            assertTrue(!replaced.out().contains("pod-2"), replaced::toString);
            pods.getLast()
                    .client()
                    .await("GET", "/tasks", reply -> reply.body().path("total").asInt() == 1);

            // What would leave no majority is refused, and says why.
            agreed("leave", "pod-9");
            await(
                    refused -> refused.exit() == 6 && refused.err().contains("pod-9 is no member"),
                    "promote",
                    "pod-9");
            assertEquals(2, voters(agreed("leave", "pod-3")));
        }
    }
}
