package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.miroir.capability.partitioned.repair.SimulatedNetwork.Meanwhile;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.RoomForJobs;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.copy.LateLooks;
import io.miroir.store.TaskStore;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Groups of four nodes, each with all shards of an index, over a real store. Everything else that
 * happens, happens while a copy or a move asks a node something: these are the code that runs in a
 * pod.
 */
final class RepairSimulation implements AutoCloseable {
    static final Duration HOLD_MAX = Duration.ofSeconds(10);
    static final Duration TURN_TIME = Duration.ofSeconds(2);
    static final int TURNS_MAX = 400;

    /** More than a claim lasts without a beat, or a failed copy rests at first. */
    static final Duration RESTING_TIME = Duration.ofSeconds(40);

    static final ShardStates ALL_IN_SYNC =
            ShardStates.all(SimulatedCluster.SHARDS, ShardState.IN_SYNC);

    /** Half of the runs have so little of everything that each copy is one of much. */
    private static final CopyBounds SMALL = new CopyBounds(3, 2);

    /** What a node needs for a task under load, and writes of clients meanwhile if none is held. */
    private static final Duration TASK_TIME = Duration.ofMillis(100);

    private static final int WRITES_PER_TASK = 2;

    final SimulatedCluster cluster;
    final SimulatedNetwork network;
    final SimulatedClients clients;
    final ReplicaChecks checks;
    final RoomForJobs room;

    /** What happens once, when these states are about to be marked. */
    final Map<ShardStates, Meanwhile> onMark = new HashMap<>();

    /** That a copy compares: more than there are. */
    int documentsPerSecondMax = 1_000_000;

    /** Why the last copy or move ended that did not come to its end. */
    String lastFailure = "";

    private final GivenUpRequests givenUp;
    private final Nodes nodes;
    private final SimulatedLane lane;
    private final RepairMetrics metrics;
    private final Holds holds;
    private boolean busy;
    private Set<String> copying = Set.of();
    private CopyBounds bounds = CopyBounds.DEFAULT;
    private int resumed;

    /** Clients write all the time, and more than nodes do. */
    private boolean loaded;

    private long workedNanos;

    RepairSimulation(Path directory, CollectorRegistry registry) {
        cluster = new SimulatedCluster(directory, registry);
        givenUp = new GivenUpRequests(cluster);
        clients = new SimulatedClients(cluster, givenUp);
        checks = new ReplicaChecks(cluster);
        room = RepairJob.room(cluster.store, LoggerFactory.getLogger(RepairSimulation.class));
        lane = new SimulatedLane(cluster, clients, checks, () -> loaded);
        network = new SimulatedNetwork(cluster, givenUp, around());
        Map<String, NodeClient> asked = new HashMap<>();
        SimulatedCluster.NODES.forEach(id -> asked.put(id, request -> network.ask(id, request)));
        nodes = Nodes.over(asked, (_, _, _, _) -> {});
        metrics = new RepairMetrics(registry);
        holds = new Holds(HOLD_MAX, cluster.nanos::get, this::rests);
    }

    private SimulatedNetwork.Around around() {
        return new SimulatedNetwork.Around() {
            @Override
            public void goesBy(Duration time) {
                RepairSimulation.this.goesBy(time);
            }

            @Override
            public void happen() {
                RepairSimulation.this.happen();
            }

            @Override
            public boolean isLoaded() {
                return loaded;
            }
        };
    }

    /** What comes late to nodes. */
    LateScenarios late() {
        return new LateScenarios(this);
    }

    /** Deletions that are announced. */
    DeletionScenarios deletions() {
        return new DeletionScenarios(this);
    }

    /** What is watched behind copies while something else happens to the index. */
    WatchScenarios watched() {
        return new WatchScenarios(this);
    }

    /** Nodes that change, and pods that are paused. */
    ChangeScenarios changes() {
        return new ChangeScenarios(this);
    }

    /** One run; answers how often replicas came back. */
    int run(long seed) throws Exception {
        begin(seed);
        bounds = seed % 2 == 0 ? SMALL : CopyBounds.DEFAULT;
        for (int i = 0; i < 30; i++) {
            happen();
        }
        int copies = comeToRest(20);
        cluster.drop();
        return copies;
    }

    /** What nodes were asked until now, and when. */
    long trace() {
        return network.trace();
    }

    /** How often a copy went on where another had come to. */
    int resumed() {
        return resumed;
    }

    /** From here on clients write all the time, and more than nodes do. */
    void load() {
        loaded = true;
        workedNanos = cluster.nanos.get();
    }

    /** For how long writes were held at most. */
    Duration heldMax() {
        return lane.heldMax();
    }

    /** The next copy, which is to be to that node. */
    Copy copyTo(String node) {
        Copy planned =
                CopyPlan.of(cluster.index().topology(), cluster.index(), _ -> true).getFirst();
        assertEquals(node, planned.target());
        return planned;
    }

    /** Anew: empty nodes, and nothing happens but what is said. */
    void begin(long seed) throws InterruptedException {
        cluster.begin(seed);
        clients.begin();
        givenUp.clear();
        network.begin();
        onMark.clear();
        bounds = CopyBounds.DEFAULT;
    }

    /** From here on nothing goes wrong, and some documents are there. */
    void writeSome() throws InterruptedException {
        cluster.quiet = true;
        for (int i = 0; i < 30; i++) {
            clients.write();
        }
        clients.settle();
    }

    /**
     * Replicas come and go until nothing is left to be done, and are as they should be.
     *
     * @param wild turns in which anything may happen
     * @return how often replicas came back
     */
    int comeToRest(int wild) throws Exception {
        int copies = 0;
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            cluster.quiet = turn >= wild;
            goesBy(TURN_TIME);
            if (!cluster.quiet) {
                happen();
            } else if (!loaded) {
                clients.settle();
            }
            move();
            List<Copy> planned =
                    CopyPlan.of(cluster.index().topology(), cluster.index(), _ -> true);
            if (planned.isEmpty()) {
                if (cluster.quiet && !cluster.moves.changes()) {
                    loaded = false;
                    clients.settle();
                    checks.assertEqual();
                    return copies;
                }
                continue;
            }
            copies += copy(planned.get(cluster.random.nextInt(planned.size()))) ? 1 : 0;
        }
        return fail("replicas don't come back: " + lastFailure);
    }

    /** Of the pod that runs the lane. */
    CopyContext context() {
        BeforeMarks marks = this::marking;
        return context("p", marks.in(cluster.store));
    }

    /** Of another pod, or another view of the store. */
    CopyContext context(String pod, TaskStore store) {
        return new CopyContext(pod, store, cluster.view, nodes, cluster.health, lane, holds);
    }

    /** Whoever marks replicas asked the store long ago whether the lane is its own. */
    void marking(List<ReplicaRow> rows) {
        for (ReplicaRow row : rows) {
            Meanwhile once = onMark.remove(row.states());
            if (once != null) {
                Meanwhile.run(once);
            }
        }
        if (!cluster.quiet && cluster.chance(0.1)) {
            Meanwhile.run(this::otherPod);
        }
    }

    /** Another pod takes the lane over and writes; this one was paused, and holds it still. */
    void otherPod() throws InterruptedException {
        boolean before = cluster.held;
        cluster.held = false;
        cluster.claim();
        clients.write();
        cluster.held = before;
    }

    /** The same, and another pod runs the lane if this one is lost. */
    void move() throws InterruptedException {
        try {
            moveOnce();
        } catch (SimulatedNetwork.PodLost lost) {
            cluster.claim();
        }
    }

    /** A move does what it can; whose pod is lost is told by an error. */
    void moveOnce() throws InterruptedException {
        try {
            cluster.moves.step(context(), cluster.index());
        } catch (CopyFailedException notNow) {
            lastFailure = String.valueOf(notNow.getMessage());
        }
    }

    /** Time goes by; under load nodes work and clients write meanwhile. */
    void goesBy(Duration time) {
        long now = cluster.nanos.addAndGet(time.toNanos());
        while (loaded && now - workedNanos >= TASK_TIME.toNanos()) {
            workedNanos += TASK_TIME.toNanos();
            Meanwhile.run(
                    () -> {
                        SimulatedCluster.NODES.forEach(id -> cluster.work(id, 1));
                        clients.end();
                        clients.write(WRITES_PER_TASK);
                    });
        }
    }

    /** Somebody waits. */
    private void rests(Duration time) {
        goesBy(time);
        if (!loaded) {
            happen();
        }
    }

    /** Replicas come and go as long as there is something to do at once. */
    void bringBackAndMove() throws InterruptedException {
        Set<String> before;
        do {
            before = cluster.inSync();
            goesBy(TURN_TIME);
            clients.settle();
            move();
            for (Copy copy : CopyPlan.of(cluster.index().topology(), cluster.index(), _ -> true)) {
                assertTrue(copy(copy), () -> lastFailure);
            }
        } while (!cluster.inSync().equals(before));
    }

    /** Makes a copy; false if it was not made to its end. */
    boolean copy(Copy copy) throws InterruptedException {
        CopyContext context = context();
        Optional<RepairJob> claimed = RepairJob.claim(context, cluster.index().row(), copy, room);
        if (claimed.isEmpty()) {
            // It rests after a failure, or is a lost pod's until its claim has run out.
            goesBy(RESTING_TIME);
            return false;
        }
        RepairJob job = claimed.get();
        if (job.cursor() != null) {
            resumed++;
        }
        try {
            copying = Set.of(copy.source(), copy.target());
            Pace pace = new Pace(documentsPerSecondMax, cluster.nanos::get);
            // Each attempt may be another pod's.
            RepairRun.Means means = new RepairRun.Means(metrics, pace, bounds, new LateLooks());
            new RepairRun(context, cluster.index().row(), copy, job, means).run();
            job.job().complete();
            return true;
        } catch (CopyFailedException notNow) {
            lastFailure = String.valueOf(notNow.getMessage());
            job.job().fail(String.valueOf(notNow.getMessage()));
        } catch (SimulatedNetwork.PodLost lost) {
            // Its claim holds until it runs out.
            cluster.claim();
        } finally {
            copying = Set.of();
        }
        return false;
    }

    private void happen() {
        if (busy) {
            return;
        }
        busy = true;
        try {
            if (!cluster.quiet && cluster.chance(0.1)) {
                comeLate(cluster.anyNode());
            }
            if (cluster.quiet) {
                SimulatedCluster.NODES.forEach(this::workOn);
                clients.end();
            } else {
                if (cluster.held) {
                    // Writes wait until those before them have ended.
                    SimulatedCluster.NODES.forEach(this::workOn);
                    clients.end();
                }
                switch (cluster.random.nextInt(15)) {
                    case 0, 1, 2, 3 -> clients.write();
                    case 4 -> clients.end();
                    case 5 -> loseDisk();
                    case 6 ->
                            cluster.moves.search(
                                    cluster.random,
                                    cluster.index(),
                                    cluster.simulated,
                                    clients.truthAtRest());
                    case 7 -> {
                        if (cluster.chance(0.05)) {
                            cluster.moves.change(cluster.random);
                        }
                    }
                    case 8 -> {
                        if (!cluster.held && cluster.moves.changes() && cluster.chance(0.1)) {
                            clients.settle();
                            move();
                        }
                    }
                    default -> workOn(cluster.anyNode());
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            busy = false;
        }
    }

    /** At the end of a copy its nodes are slow: they only do what somebody waits for. */
    private void workOn(String id) {
        if (!cluster.held || !copying.contains(id)) {
            cluster.work(id, 1);
        }
    }

    // Rule 15: it is told by its marker, and out before anything else is asked of it.
    private void loseDisk() throws InterruptedException {
        String id = cluster.anyNode();
        boolean spare =
                ShardSet.all(SimulatedCluster.SHARDS).stream()
                        .allMatch(shard -> cluster.anotherHas(id, shard));
        if (cluster.held || clients.someoneFails() || !spare || !cluster.chance(0.2)) {
            return;
        }
        cluster.node(id).loseDisk();
        cluster.putOut(id);
    }

    private void comeLate(String id) {
        givenUp.comeLate(
                id, copying.contains(id), !clients.someoneFails(), () -> watch().step(_ -> true));
    }

    /** A pod that has looked at nothing late yet. */
    LateWatch watch() {
        return new LateWatch(context());
    }

    @Override
    public void close() {
        cluster.close();
    }
}
