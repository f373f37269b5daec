package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.fleet.ChildProcess;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.trap.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * Processes that are killed with -9 just where a write, a repair or a move is at its most delicate
 * (protocol, rules 2 to 5 and 14; design, promises 1 to 3). A debugger holds who comes there until
 * the kill. Each time it is known to the last field what there must be afterwards, and each node is
 * asked by itself: all acknowledged documents in their last version on as many nodes as they are to
 * be, the same on each, and nothing that was deleted.
 *
 * <p>{@code -Dplaces=N} tries N places of each kind, by chance and {@code -Dmiroir.seed=N}, and
 * with more than one also the kinds that each build has no time for; the profile nightly tries all.
 */
@Tag("cluster")
class FaultPlacesTest {
    private static final int PLACES = Integer.getInteger("miroir.places", 1);
    private static final long SEED = Long.getLong("miroir.seed", System.nanoTime());

    /** One in each group: one node less, and there is a group that has all. */
    private static final int COPIES = 2;

    /** In the middle of a write: nothing is logged yet, … */
    private static final List<Trap.Place> WRITE =
            List.of(
                    place("fanout.lane.LaneWriter", "intend"),
                    // … it is intended and not sent, …
                    place("fanout.lane.Dispatcher", "send"),
                    // … one node has taken it, …
                    place("fanout.lane.Dispatcher", "accepted"),
                    // … all have and nothing is bound, it is bound and not answered, …
                    place("fanout.lane.Binder", "decide"),
                    place("fanout.lane.Binder", "conclude"),
                    // … all have done it and nobody knows.
                    place("fanout.lane.TaskFollower", "finish"));

    /** Where a node's end leaves a write in the middle. */
    private static final List<Trap.Place> SENDING =
            List.of(
                    place("fanout.lane.Dispatcher", "send"),
                    place("fanout.lane.Binder", "decide"),
                    place("fanout.lane.TaskFollower", "finish"));

    private static final List<Trap.Place> REPAIR =
            List.of(
                    place("capability.partitioned.repair.FedReplicas", "feed"),
                    place("fanout.copy.TargetWriter", "put"),
                    place("capability.partitioned.repair.Cutover", "makeSure"),
                    place("capability.partitioned.repair.FedReplicas", "inSync"));

    private static final List<Trap.Place> LEAVING =
            List.of(
                    place("capability.partitioned.move.IndexMove", "gain"),
                    place("capability.partitioned.move.IndexMove", "tryLetGo"));

    /** Where it is copied to the one that gains, and where the other one is let go of. */
    private static final List<Trap.Place> MOVING =
            List.of(
                    place("fanout.copy.TargetWriter", "put"),
                    place("capability.partitioned.move.IndexMove", "tryLetGo"));

    private static final List<Trap.Place> COMING =
            List.of(
                    place("capability.partitioned.move.IndexMove", "free"),
                    place("fanout.copy.TargetWriter", "removeShards"));

    /** A deletion of a pod that is lost may come for two and a half minutes. */
    private static final Duration CHANGE_MAX = Duration.ofMinutes(5);

    @TempDir static Path dir;
    private static TestCluster cluster;
    private static final Random random = new Random(SEED);

    private @Nullable Ledger ledger;
    private String index = "";

    private static Trap.Place place(String type, String method) {
        return new Trap.Place("io.miroir." + type, method);
    }

    @BeforeAll
    static void start() {
        System.out.println("places by -Dmiroir.seed=" + SEED);
        cluster =
                TestCluster.layOut(
                        dir,
                        new FleetShape(3, COPIES, 2, 8, 1),
                        PodImage.debuggable(Trap.POSSIBLE));
        cluster.fleet().start();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** A case that failed leaves processes that do not run: they must not fail the next one. */
    @AfterEach
    void heal() throws InterruptedException {
        if (ledger != null) {
            ledger.giveUp();
        }
        cluster.fleet().nodes().forEach(FaultPlacesTest::startAgain);
        cluster.fleet().pods().forEach(FaultPlacesTest::startAgain);
    }

    private static void startAgain(FleetPod pod) {
        if (!pod.process().isAlive()) {
            pod.process().start();
        }
        cluster.fleet().awaitReady(pod);
    }

    private static void startAgain(FleetNode node) {
        if (!process(node).isAlive()) {
            process(node).start();
        }
        cluster.fleet().awaitReady(node);
    }

    private static ChildProcess process(FleetNode node) {
        return Objects.requireNonNull(node.process());
    }

    private static void assumeLong() {
        assumeTrue(PLACES > 1, "too long for each build: at night, or with -Dplaces=2");
    }

    private Ledger ledger(TestInfo test) {
        index = test.getTestMethod().orElseThrow().getName();
        cluster.createIndex(index, Json.object());
        Ledger begun = new Ledger(cluster.client(), index).begin();
        ledger = begun;
        return begun;
    }

    private static List<Trap.Place> some(List<Trap.Place> places) {
        List<Trap.Place> some = new ArrayList<>(places);
        Collections.shuffle(some, random);
        return some.subList(0, Math.min(PLACES, some.size()));
    }

    private static FleetNode anyNode() {
        List<FleetNode> nodes = cluster.fleet().nodes();
        return nodes.get(random.nextInt(nodes.size()));
    }

    private static PodTraps trapped(Trap.Place place) throws IOException {
        System.out.println("a trap at " + place);
        return PodTraps.in(cluster.fleet().pods(), place);
    }

    /**
     * Begins something and kills when a pod has come to that place.
     *
     * @param kill given the pod that is held
     * @return that pod
     */
    private static FleetPod killAt(Trap.Place place, Runnable begin, Consumer<FleetPod> kill)
            throws IOException {
        try (PodTraps traps = trapped(place)) {
            begin.run();
            FleetPod held = traps.awaitHeld();
            kill.accept(held);
            return held;
        }
    }

    private static void kill(FleetPod pod) {
        pod.process().kill();
    }

    @Test
    void aPodIsKilledInTheMiddleOfAWrite(TestInfo test) throws Exception {
        Ledger writes = ledger(test);
        for (Trap.Place place : some(WRITE)) {
            writes.awaitAcknowledged(2);
            FleetPod killed = killAt(place, () -> {}, FaultPlacesTest::kill);
            writes.awaitAcknowledged(4);
            startAgain(killed);
        }
        assertAllIsThere(writes);
    }

    /**
     * Shows: a node that was down when a write was sent is not read without it, also where the pod
     * is lost that alone was to mark it. Nothing else is written before the node is back.
     */
    @Test
    void aPodIsKilledBeforeItMarksANodeThatIsDown(TestInfo test) throws Exception {
        assumeLong();
        Ledger writes = ledger(test);
        writes.rest();
        aftermath().awaitTasksEnd();
        FleetNode node = anyNode();
        process(node).kill();
        Aftermath.await(
                "all pods know that " + node.id() + " is down",
                () ->
                        cluster.fleet().pods().stream()
                                .allMatch(pod -> cluster.believes(pod, node).equals("down")));
        assertEquals(Set.of("in_sync"), cluster.status().replicaStates(node, index).keySet());
        FleetPod killed =
                killAt(
                        place("fanout.lane.Binder", "decide"),
                        writes::goOnOnce,
                        FaultPlacesTest::kill);
        writes.awaitRest();
        startAgain(node);
        startAgain(killed);
        assertAllIsThere(writes);
    }

    /** The one that finds what the first left is lost over it too. */
    @Test
    void theNextOwnerIsKilledWhereItSettlesWhatTheFirstLeft(TestInfo test) throws Exception {
        assumeLong();
        Ledger writes = ledger(test);
        for (Trap.Place place : some(WRITE.subList(1, 4))) {
            writes.awaitAcknowledged(2);
            FleetPod next;
            try (PodTraps traps = trapped(place)) {
                FleetPod first = traps.awaitHeld();
                List<FleetPod> others = new ArrayList<>(cluster.fleet().pods());
                others.remove(first);
                Trap.Place settle = place("fanout.lane.LaneResume", "settle");
                // One debugger at a time: whoever is held elsewhere goes on before.
                traps.closeAllBut(first);
                try (PodTraps settling = PodTraps.in(others, settle)) {
                    kill(first);
                    next = settling.awaitHeld();
                    startAgain(first);
                    kill(next);
                }
            }
            writes.awaitAcknowledged(4);
            startAgain(next);
        }
        assertAllIsThere(writes);
    }

    @Test
    void aNodeIsKilledInTheMiddleOfAWrite(TestInfo test) throws Exception {
        assumeLong();
        Ledger writes = ledger(test);
        for (Trap.Place place : some(SENDING)) {
            writes.awaitAcknowledged(2);
            FleetNode node = anyNode();
            FleetPod _ = killAt(place, () -> {}, _ -> process(node).kill());
            writes.awaitAcknowledged(8);
            startAgain(node);
            aftermath().awaitInSync();
        }
        assertAllIsThere(writes);
    }

    @Test
    void aPodIsKilledInTheMiddleOfARepair(TestInfo test) throws Exception {
        Ledger writes = ledger(test);
        for (Trap.Place place : some(REPAIR)) {
            FleetNode node = missing(writes);
            FleetPod killed = killAt(place, () -> startAgain(node), FaultPlacesTest::kill);
            writes.awaitAcknowledged(4);
            startAgain(killed);
            aftermath().awaitInSync();
        }
        assertAllIsThere(writes);
    }

    @Test
    void aNodeIsKilledInTheMiddleOfItsRepair(TestInfo test) throws Exception {
        assumeLong();
        Ledger writes = ledger(test);
        for (Trap.Place place : some(REPAIR)) {
            FleetNode node = missing(writes);
            FleetPod _ = killAt(place, () -> startAgain(node), _ -> process(node).kill());
            writes.awaitAcknowledged(8);
            startAgain(node);
            aftermath().awaitInSync();
        }
        assertAllIsThere(writes);
    }

    /** A node that missed writes and does not run. */
    private FleetNode missing(Ledger writes) throws InterruptedException {
        FleetNode node = anyNode();
        process(node).kill();
        Aftermath.await(
                node.id() + " is out",
                () -> cluster.status().replicaStates(node, index).containsKey("out"));
        writes.awaitAcknowledged(8);
        return node;
    }

    /** Older reads are given time twice in a change: too slow for each build. */
    @Test
    void aPodIsKilledInTheMiddleOfAMove(TestInfo test) throws Exception {
        assumeLong();
        Ledger writes = ledger(test);
        FleetNode node = anyNode();
        for (int round = 0; round < LEAVING.size(); round++) {
            writes.awaitAcknowledged(8);
            killDuring(leaves(node), LEAVING.get(round), writes);
            killDuring(comes(node), COMING.get(round), writes);
        }
        assertAllIsThere(writes);
    }

    /** The one that shards move to, and the one that they leave. */
    @Test
    void aNodeIsKilledInTheMiddleOfAMove(TestInfo test) throws Exception {
        assumeLong();
        Ledger writes = ledger(test);
        FleetNode leaving = anyNode();
        FleetNode gaining =
                cluster.fleet().nodes().stream()
                        .filter(node -> node.group() == leaving.group() && !node.equals(leaving))
                        .findFirst()
                        .orElseThrow();
        for (FleetNode killed : List.of(gaining, leaving)) {
            for (Trap.Place place : some(MOVING)) {
                writes.awaitAcknowledged(8);
                FleetPod _ =
                        killAt(
                                place,
                                () -> cluster.change(leaves(leaving)),
                                _ -> process(killed).kill());
                writes.awaitAcknowledged(8);
                startAgain(killed);
                awaitChanged();
                cluster.change(comes(leaving));
                awaitChanged();
            }
        }
        assertAllIsThere(writes);
    }

    private static ApiCall leaves(FleetNode node) {
        return ApiCall.change("POST", "/_miroir/nodes/" + node.id() + "/drain", Json.object());
    }

    private static ApiCall comes(FleetNode node) {
        ObjectNode again =
                Json.object()
                        .put("id", node.id())
                        .put("address", node.http().toString())
                        .put("replica_group", node.group());
        return ApiCall.change("POST", "/_miroir/nodes", again);
    }

    private void killDuring(ApiCall change, Trap.Place place, Ledger writes) throws Exception {
        FleetPod killed = killAt(place, () -> cluster.change(change), FaultPlacesTest::kill);
        writes.awaitAcknowledged(4);
        startAgain(killed);
        awaitChanged();
    }

    private void awaitChanged() throws InterruptedException {
        Aftermath.await("the change ends", CHANGE_MAX, () -> !cluster.isChanging());
        aftermath().awaitInSync();
    }

    private void assertAllIsThere(Ledger writes) throws Exception {
        aftermath().assertHas(writes.end());
        aftermath().assertNoneFailed();
    }

    private Aftermath aftermath() {
        return new Aftermath(cluster, index);
    }
}
