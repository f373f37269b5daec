package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of faults of the upstream plan (section 8) and some more, on three pods and two groups
 * of two nodes, each document once in each group. Clients write through all pods and search all the
 * time; no answer is ever wrong, and when all is healed what was acknowledged is there to the last
 * field: for clients, on each of its nodes, and by digests. Which test holds which row:
 * docs/testing.md.
 */
@Tag("cluster")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChaosTableTest {
    private static final FleetShape SHAPE = new FleetShape(3, 2, 2, 8, 1);
    private static final Duration CHANGE_MAX = Duration.ofMinutes(5);
    private static final int DISK_MEGABYTES = 128;
    private static final int HAS_SMALL_DISK = 1;
    private static final int PROBES_TO_BE_DOWN = 3;

    @TempDir static Path dir;
    private static ChaosCluster chaos;
    private static SmallDisk disk;

    @BeforeAll
    static void start() throws IOException {
        chaos = ChaosCluster.layOut(dir, SHAPE);
        Path data = dir.resolve(chaos.node(HAS_SMALL_DISK).id()).resolve("data");
        disk = SmallDisk.mount(data, DISK_MEGABYTES);
        chaos.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (chaos != null) {
            chaos.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @AfterEach
    void heal() throws Exception {
        disk.makeRoom();
        chaos.heal();
    }

    private static ChaosLoad load(TestInfo test) throws InterruptedException {
        ChaosLoad load = chaos.load(test.getTestMethod().orElseThrow().getName());
        load.awaitAcknowledged(6);
        return load;
    }

    /**
     * Searches go on, writes that lack a copy say so, and the node is found when it is back: what
     * missed nothing is read again at once, the rest when it has what it missed.
     */
    @Test
    void aNodeIsKilledAndComesBack(TestInfo test) throws Exception {
        chaos.cluster().createWords("still", 20);
        ChaosLoad load = load(test);
        FleetNode node = chaos.node(0);
        chaos.kill(node);
        load.awaitWriteTrouble("x-miroir-degraded");
        load.awaitAcknowledged(12);
        chaos.start(node);
        load.awaitAcknowledged(6);
        load.assertSearchesWereWhole();
        chaos.assertAllIsThere();
        for (FleetPod pod : chaos.cluster().fleet().pods()) {
            Aftermath.await(
                    pod.id() + " takes it for healthy",
                    () -> chaos.cluster().believes(pod, node).equals("healthy"));
        }
        assertEquals(
                Set.of("in_sync"), chaos.cluster().status().replicaStates(node, "still").keySet());
    }

    /** A part of the index is nowhere: searches say what they lack, and writes are refused. */
    @Test
    @Tag("nightly")
    void allNodesThatHaveAShardAreKilled(TestInfo test) throws Exception {
        ChaosLoad load = load(test);
        chaos.holders(0).forEach(chaos::kill);
        load.awaitSearchTrouble("shards");
        load.awaitWriteTrouble("miroir_no_quorum");
        load.awaitSearches(10);
        chaos.holders(0).forEach(chaos::start);
        load.awaitAcknowledged(12);
        chaos.assertAllIsThere();
    }

    /** Whoever runs the lane is lost, and one of those to whom it sends. */
    @Test
    void aPodAndANodeAreKilledTogether(TestInfo test) throws Exception {
        ChaosLoad load = load(test);
        FleetPod pod = chaos.owner();
        FleetNode node = chaos.node(3);
        pod.process().kill();
        chaos.kill(node);
        load.awaitAcknowledged(12);
        chaos.start(pod);
        chaos.start(node);
        load.awaitAcknowledged(6);
        load.assertSearchesWereWhole();
        chaos.assertAllIsThere();
    }

    /** Slow is not dead: it is read and written to as the others, and nobody is told of it. */
    @Test
    void aNodeAnswersHalfASecondLate(TestInfo test) throws Exception {
        ChaosLoad load = load(test);
        FleetNode node = chaos.node(2);
        chaos.links().to(node).forEach(link -> link.beSlow(Duration.ofMillis(500)));
        load.awaitAcknowledged(12);
        load.awaitSearches(10);
        Aftermath.await(
                "so many health checks are late that it would be down",
                () ->
                        chaos.links().to(node).stream()
                                .allMatch(link -> link.lateProbes() > PROBES_TO_BE_DOWN));
        assertEquals(Set.of("in_sync"), chaos.states(node).keySet());
        load.assertSearchesWereWhole();
        load.assertWritesWereWhole();
        chaos.links().mend();
        chaos.assertAllIsThere();
    }

    /** It takes nothing any more, or does not do what it took, and comes back when it has room. */
    @Test
    void aNodeHasNoRoomOnItsDisk(TestInfo test) throws Exception {
        assumeTrue(disk.isThere(), "nobody may mount a disk here");
        ChaosLoad load = load(test);
        FleetNode node = chaos.node(HAS_SMALL_DISK);
        disk.fill();
        Aftermath.await("it is out", () -> chaos.states(node).containsKey("out"));
        load.awaitAcknowledged(12);
        load.assertSearchesWereWhole();
        disk.makeRoom();
        chaos.assertAllIsThere();
    }

    /**
     * Whoever runs the lane and a node hear nothing of each other, without being told so, and all
     * others do. What was on its way comes at last.
     */
    @Test
    @Tag("nightly")
    void aPodAndANodeDontHearEachOther(TestInfo test) throws Exception {
        ChaosLoad load = load(test);
        FleetNode node = chaos.node(2);
        NodeLink link = chaos.links().between(chaos.owner(), node);
        link.beMute();
        Aftermath.await("it is out", () -> chaos.states(node).containsKey("out"));
        load.awaitAcknowledged(12);
        assertTrue(link.disturbed() > 0);
        chaos.links().mend();
        load.awaitAcknowledged(6);
        load.assertSearchesWereWhole();
        chaos.assertAllIsThere();
    }

    /**
     * Whoever runs the lane is killed with -9 when a write is on its way to the nodes; it is lost
     * on the way to all but one, and comes to that when another pod has long gone on. It is found,
     * and the node made as the others again (protocol, rule 4). Clients have ended: until it is
     * found, what it changes may be read.
     */
    @Test
    @Tag("nightly")
    void whatAKilledPodSentComesWhenAnotherRunsTheLane(TestInfo test) throws Exception {
        ChaosLoad load = load(test);
        FleetPod pod = chaos.owner();
        Map<FleetNode, NodeLink> lines = chaos.links().from(pod);
        lines.values().forEach(NodeLink::beMute);
        Aftermath.await(
                "a write is on its way",
                () -> lines.values().stream().anyMatch(NodeLink::holdsWrite));
        pod.process().kill();
        FleetNode node =
                lines.keySet().stream()
                        .filter(one -> chaos.links().between(pod, one).holdsWrite())
                        .findFirst()
                        .orElseThrow();
        NodeLink line = chaos.links().between(pod, node);
        lines.values().stream().filter(other -> !other.equals(line)).forEach(NodeLink::cut);
        load.awaitAcknowledged(12);
        load.assertSearchesWereWhole();
        chaos.assertAllIsThereBehind(
                () -> {
                    line.mend();
                    Aftermath.await("it is found", () -> isFoundLate(node));
                    chaos.links().mend();
                    chaos.start(pod);
                });
    }

    private static boolean isFoundLate(FleetNode node) {
        String told = "node " + node.id() + " took requests late";
        return chaos.cluster().fleet().pods().stream().anyMatch(pod -> hasTold(pod, told));
    }

    private static boolean hasTold(FleetPod pod, String words) {
        try {
            return Files.readString(pod.process().log()).contains(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The change goes on when it is back. */
    @Test
    @Tag("nightly")
    @Order(Integer.MAX_VALUE)
    void aNodeIsKilledWhileShardsMoveToIt(TestInfo test) throws Exception {
        ChaosLoad load = load(test);
        FleetNode target = chaos.node(2);
        FleetNode leaves = chaos.node(3);
        String drain = "/_miroir/nodes/" + leaves.id() + "/drain";
        chaos.cluster().change(ApiCall.change("POST", drain, Json.object()));
        Aftermath.await("shards are copied", () -> isCopiedTo(target));
        chaos.kill(target);
        load.awaitAcknowledged(6);
        chaos.start(target);
        Aftermath.await("the change ends", CHANGE_MAX, () -> !chaos.cluster().isChanging());
        load.awaitAcknowledged(6);
        load.assertSearchesWereWhole();
        chaos.assertAllIsThere();
    }

    /** Or just was: a small index does not take long. */
    private static boolean isCopiedTo(FleetNode node) {
        Map<String, Integer> states = chaos.states(node);
        return states.containsKey("out")
                || states.containsKey("lagging")
                || states.getOrDefault("in_sync", 0) == SHAPE.shards();
    }
}
