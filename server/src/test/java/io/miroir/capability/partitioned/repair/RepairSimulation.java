package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.miroir.api.Json;
import io.miroir.capability.partitioned.antientropy.AntiEntropy;
import io.miroir.capability.partitioned.antientropy.AntiEntropyMetrics;
import io.miroir.capability.partitioned.antientropy.AntiEntropyRules;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.layout.Layout;
import io.miroir.core.plan.WritePlan;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.lane.LaneHolder;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Groups of four nodes, each with all shards of an index, over a real store. Everything else that
 * happens, happens while a copy or a move asks a node something: these are the code that runs in a
 * pod.
 */
final class RepairSimulation implements AutoCloseable {
    private static final List<String> NODES = List.of("a", "b", "c", "d");
    private static final int SHARDS = 3;
    private static final int IDS = 40;
    private static final int TURNS_MAX = 400;

    /** Half of the runs have so little of everything that each copy is one of much. */
    private static final CopyBounds SMALL = new CopyBounds(3, 2);

    static final Duration HOLD_MAX = Duration.ofSeconds(10);

    /** What a node needs for a task under load, and writes of clients meanwhile if none is held. */
    private static final Duration TASK_TIME = Duration.ofMillis(100);

    private static final int WRITES_PER_TASK = 2;
    private static final Duration BACKLOG_TIME = Duration.ofSeconds(5);

    /** Clients write side by side; what waits for a lane's turn shares it. */
    private static final int WRITERS = 4;

    private static final Duration ASKING_TIME = Duration.ofMillis(200);
    private static final Duration ASKING_TIME_UNDER_LOAD = Duration.ofMillis(5);
    private static final Duration TURN_TIME = Duration.ofSeconds(2);

    /** More than a claim lasts without a beat, or a failed copy rests at first. */
    private static final Duration RESTING_TIME = Duration.ofSeconds(40);

    private static final ShardStates ALL_IN_SYNC = ShardStates.all(SHARDS, ShardState.IN_SYNC);

    private static final String NO_BODY = "0".repeat(64);
    private static final NodeReply SILENCE =
            new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
    private static final NodeRequest PROBE =
            NodeRequest.get("health", "/health", Duration.ofSeconds(1));

    private final SqliteTaskStore store;
    private final ClusterView view;
    private final NodeHealth health;
    private final Nodes nodes;
    private final RepairMetrics metrics;
    private final SimulatedMoves moves;

    private Random random = new Random(0);
    private Map<String, SimulatedNode> simulated = Map.of();
    private final Map<String, ObjectNode> truth = new TreeMap<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private String lane = "";
    private long epoch;
    private long incarnation;
    private boolean quiet;
    private boolean held;
    private boolean busy;
    private Meanwhile onPut = () -> {};
    private Meanwhile onRest = () -> {};

    /** What happens once, when these states are about to be marked. */
    private final Map<ShardStates, Meanwhile> onMark = new HashMap<>();

    private String failsOn = "";
    private final Map<String, Deque<Runnable>> givenUp = new HashMap<>();
    private Set<String> copying = Set.of();
    private String lastFailure = "";
    private CopyBounds bounds = CopyBounds.DEFAULT;
    private int resumed;

    /** The store's time goes by it, so that claims of lost pods run out. */
    private final AtomicLong nanos = new AtomicLong();

    private final Holds holds = new Holds(HOLD_MAX, nanos::get, this::rests);

    /** Clients write all the time, and more than nodes do. */
    private boolean loaded;

    private long workedNanos;
    private long heldNanosMax;

    /** A pod is lost: whatever it was about to do is not done. */
    private static final class PodLost extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What happens while something else is under way. */
    private interface Meanwhile {
        void happens() throws InterruptedException;
    }

    /** A write that is bound and not ended. */
    private record Open(long uid, Map<String, SimulatedNode.Task> tasks, boolean poisoned) {}

    RepairSimulation(Path directory, CollectorRegistry registry) {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        nanos::get,
                        registry,
                        _ -> {});
        view = new ClusterView(store, new Fleet(SHARDS, 1, SimulatedMoves.FEWER.groups()));
        view.start();
        store.topology().replace("{\"groups\": [[\"a\"], [\"b\"], [\"c\"]]}", 0).orThrow();
        moves = new SimulatedMoves(store, view, registry);
        health =
                new NodeHealth(
                        NODES, new HealthState.Thresholds(2, 1), InstantSource.system(), _ -> {});
        NODES.forEach(id -> health.replied(id, PROBE, new NodeReply.Answer(200, Json.object()), 1));
        Map<String, NodeClient> clients = new HashMap<>();
        NODES.forEach(id -> clients.put(id, request -> ask(id, request)));
        nodes = Nodes.over(clients, (_, _, _, _) -> {});
        metrics = new RepairMetrics(registry);
    }

    /** One run; answers how often replicas came back. */
    int run(long seed) throws Exception {
        begin(seed);
        bounds = seed % 2 == 0 ? SMALL : CopyBounds.DEFAULT;
        for (int i = 0; i < 30; i++) {
            happen();
        }
        int copies = comeToRest(20);
        drop();
        return copies;
    }

    /** How often a copy went on where another had come to. */
    int resumed() {
        return resumed;
    }

    /** Nothing happens but that nodes change, one layout after the other. */
    void change(List<Layout> layouts) throws Exception {
        begin(1);
        writeSome();
        for (Layout layout : layouts) {
            moves.changeTo(layout);
            int _ = comeToRest(0);
        }
        drop();
    }

    /**
     * Nodes change while clients write more than nodes do, all the time.
     *
     * @return for how long they were held at most
     */
    Duration changeUnderLoad(Layout layout) throws Exception {
        begin(1);
        writeSome();
        loaded = true;
        workedNanos = nanos.get();
        goesBy(BACKLOG_TIME);
        moves.changeTo(layout);
        int _ = comeToRest(0);
        drop();
        return Duration.ofNanos(heldNanosMax);
    }

    /**
     * A change is taken back when the first documents are sent to a node that is to get them.
     *
     * @return why the copy ended
     */
    String takeBack(Layout before, Layout then) throws Exception {
        begin(1);
        moves.changeTo(before);
        int _ = comeToRest(0);
        writeSome();
        moves.changeTo(then);
        move();
        onPut =
                () -> {
                    moves.takeBack();
                    settle();
                    moveOnce();
                };
        List<Copy> planned = CopyPlan.of(index().topology(), index(), _ -> true);
        assertFalse(copy(planned.getFirst()));
        String why = lastFailure;
        int _ = comeToRest(0);
        drop();
        return why;
    }

    /**
     * A node gets replicas while a search is under way that was planned before, and asks the node
     * for all that it has.
     */
    void searchLate(Layout before, Layout then, String node) throws Exception {
        begin(1);
        moves.changeTo(before);
        int _ = comeToRest(0);
        writeSome();
        moves.changeTo(then);
        moves.planUnfiltered(random, index(), node);
        move();
        List<Copy> planned = CopyPlan.of(index().topology(), index(), _ -> true);
        assertEquals(node, planned.getFirst().target());
        assertTrue(copy(planned.getFirst()));
        moves.search(random, index(), simulated, truth);
        int _ = comeToRest(0);
        drop();
    }

    /**
     * A node's replicas are compared when it takes a request that nobody waits for any more: it
     * deletes all.
     *
     * @param mark what the request carries
     */
    void comeLate(String node, String mark) throws Exception {
        begin(1);
        writeSome();
        putOut(node);
        onRest = () -> node(node).enqueue("documentDeletion", mark, Map::clear, false);
        assertTrue(copy(copyTo(node)));
        int _ = comeToRest(0);
        drop();
    }

    /** What a write of this index carries that was one of the first. */
    static String earlyMark() {
        return "miroir:1:2:i1";
    }

    /**
     * Health checks of a node fail while it is copied to, and then no more.
     *
     * @return whether the copy was made
     */
    boolean missChecks(String node, int times) throws Exception {
        begin(1);
        writeSome();
        node(node).documents.clear();
        putOut(node);
        onPut =
                () -> {
                    for (int i = 0; i < times; i++) {
                        health.replied(node, PROBE, SILENCE, 1);
                    }
                };
        boolean made = copy(copyTo(node));
        // One that fell before must prove itself longer.
        while (!health.usable(node)) {
            health.replied(node, PROBE, new NodeReply.Answer(200, Json.object()), 1);
        }
        int _ = comeToRest(0);
        drop();
        return made;
    }

    private Copy copyTo(String node) {
        Copy planned = CopyPlan.of(index().topology(), index(), _ -> true).getFirst();
        assertEquals(node, planned.target());
        return planned;
    }

    /**
     * A node's replicas are compared and about to be marked in sync when another pod takes the lane
     * over: what it writes first is done by all nodes but that one.
     *
     * @return why the copy ended
     */
    String takeOver(String node) throws Exception {
        begin(1);
        writeSome();
        putOut(node);
        onMark.put(
                ALL_IN_SYNC,
                () -> {
                    failsOn = node;
                    otherPod();
                    failsOn = "";
                });
        assertFalse(copy(copyTo(node)));
        String why = lastFailure;
        int _ = comeToRest(0);
        drop();
        return why;
    }

    /**
     * Nodes change, and another pod claims the lane when a move is about to mark replicas.
     *
     * @param marked what it marks a node's replicas as
     * @return why the move ended
     */
    String takeOverMove(ShardState marked) throws Exception {
        begin(1);
        writeSome();
        lastFailure = "";
        moves.changeTo(SimulatedMoves.OTHER);
        onMark.put(ShardStates.all(SHARDS, marked), this::claim);
        for (int turn = 0; turn < TURNS_MAX && !onMark.isEmpty(); turn++) {
            goesBy(TURN_TIME);
            move();
            List<Copy> planned = CopyPlan.of(index().topology(), index(), _ -> true);
            if (!onMark.isEmpty() && !planned.isEmpty()) {
                assertTrue(copy(planned.getFirst()));
            }
        }
        String why = lastFailure;
        int _ = comeToRest(0);
        drop();
        return why;
    }

    /** Replicas are compared, and another pod claims the lane when one is about to be put out. */
    void outvoteLate(String node) throws Exception {
        begin(1);
        writeSome();
        String lost = node(node).documents.keySet().iterator().next();
        node(node).documents.remove(lost);
        int shard = Rendezvous.shard(lost, SHARDS);
        onMark.put(ALL_IN_SYNC.with(shard, ShardState.OUT), this::claim);
        AntiEntropy comparing =
                new AntiEntropy(
                        context(),
                        new AntiEntropyRules(Duration.ZERO, 0, 1, IDS, true),
                        new AntiEntropyMetrics(new CollectorRegistry(), System::nanoTime));
        comparing.step(_ -> true);
        assertTrue(onMark.isEmpty());
        assertEquals(ReplicaState.IN_SYNC, index().state(node, shard));
        comparing.step(_ -> true);
        view.catchUp();
        assertEquals(ReplicaState.OUT, index().state(node, shard));
        int _ = comeToRest(0);
        drop();
    }

    private void begin(long seed) throws Exception {
        random = new Random(seed);
        failsOn = "";
        givenUp.clear();
        onRest = () -> {};
        onPut = () -> {};
        onMark.clear();
        bounds = CopyBounds.DEFAULT;
        simulated = new TreeMap<>();
        NODES.forEach(id -> simulated.put(id, new SimulatedNode()));
        truth.clear();
        open.clear();
        moves.begin();
        lane = "i" + seed;
        quiet = false;
        create();
    }

    private void writeSome() throws InterruptedException {
        quiet = true;
        for (int i = 0; i < 30; i++) {
            write();
        }
        settle();
    }

    /**
     * Replicas come and go until nothing is left to be done, and are as they should be.
     *
     * @param wild turns in which anything may happen
     * @return how often replicas came back
     */
    private int comeToRest(int wild) throws Exception {
        int copies = 0;
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            quiet = turn >= wild;
            goesBy(TURN_TIME);
            if (!quiet) {
                happen();
            } else if (!loaded) {
                settle();
            }
            move();
            List<Copy> planned = CopyPlan.of(index().topology(), index(), _ -> true);
            if (planned.isEmpty()) {
                if (quiet && !moves.changes()) {
                    loaded = false;
                    settle();
                    assertEqual();
                    return copies;
                }
                continue;
            }
            copies += copy(planned.get(random.nextInt(planned.size()))) ? 1 : 0;
        }
        return fail("replicas don't come back: " + lastFailure);
    }

    private CopyContext context() {
        BeforeMarks marks = this::marking;
        return new CopyContext("p", marks.in(store), view, nodes, health, holder(), holds);
    }

    /** Whoever marks replicas asked the store long ago whether the lane is its own. */
    private void marking(List<ReplicaRow> rows) {
        for (ReplicaRow row : rows) {
            Meanwhile once = onMark.remove(row.states());
            if (once != null) {
                run(once);
            }
        }
        if (!quiet && chance(0.1)) {
            run(this::otherPod);
        }
    }

    /** Another pod takes the lane over and writes; this one was paused, and holds it still. */
    private void otherPod() throws InterruptedException {
        boolean before = held;
        held = false;
        claim();
        write();
        held = before;
    }

    private void move() throws InterruptedException {
        try {
            moveOnce();
        } catch (PodLost lost) {
            claim();
        }
    }

    private void moveOnce() throws InterruptedException {
        try {
            moves.step(context(), index());
        } catch (CopyFailedException notNow) {
            lastFailure = String.valueOf(notNow.getMessage());
        }
    }

    private void goesBy(Duration time) {
        long now = nanos.addAndGet(time.toNanos());
        while (loaded && now - workedNanos >= TASK_TIME.toNanos()) {
            workedNanos += TASK_TIME.toNanos();
            run(
                    () -> {
                        NODES.forEach(id -> work(id, 1));
                        end();
                        write(WRITES_PER_TASK);
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

    private void write(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            write();
        }
    }

    private boolean copy(Copy copy) throws Exception {
        CopyContext context = context();
        Optional<RepairJob> job = RepairJob.claim(context, index().row(), copy);
        if (job.isEmpty()) {
            // It rests after a failure, or is a lost pod's until its claim has run out.
            goesBy(RESTING_TIME);
            return false;
        }
        if (job.get().cursor() != null) {
            resumed++;
        }
        try {
            copying = Set.of(copy.source(), copy.target());
            Pace pace = new Pace(1_000_000, System::nanoTime);
            new RepairRun(context, index().row(), copy, job.get(), metrics, pace, bounds).run();
            job.get().job().complete();
            return true;
        } catch (CopyFailedException notNow) {
            lastFailure = String.valueOf(notNow.getMessage());
            job.get().job().fail(String.valueOf(notNow.getMessage()));
        } catch (PodLost lost) {
            // Its claim holds until it runs out.
            claim();
        } finally {
            copying = Set.of();
        }
        return false;
    }

    private LaneHolder holder() {
        return new LaneHolder() {
            @Override
            public boolean mayFeed(String node) {
                return quiet || !chance(0.05);
            }

            @Override
            public boolean owns(String name) {
                return true;
            }

            @Override
            public <T> Optional<T> hold(String name, Held<T> work) throws InterruptedException {
                if (loaded) {
                    // Those that waited for their turn meanwhile come first.
                    write(WRITERS);
                }
                held = true;
                long sinceNanos = nanos.get();
                try {
                    Set<String> before = inSync();
                    T result = work.run(epoch);
                    Set<String> now = inSync();
                    now.removeAll(before);
                    for (String replica : now) {
                        String[] parts = replica.split("/", -1);
                        assertHolds(parts[0], Integer.parseInt(parts[1]));
                    }
                    return Optional.of(result);
                } finally {
                    heldNanosMax = Math.max(heldNanosMax, nanos.get() - sinceNanos);
                    held = false;
                }
            }
        };
    }

    private Set<String> inSync() {
        Set<String> replicas = new TreeSet<>();
        for (String node : NODES) {
            for (int shard = 0; shard < SHARDS; shard++) {
                if (index().state(node, shard) == ReplicaState.IN_SYNC) {
                    replicas.add(node + '/' + shard);
                }
            }
        }
        return replicas;
    }

    // ---- what happens

    private NodeReply ask(String id, NodeRequest request) {
        goesBy(loaded ? ASKING_TIME_UNDER_LOAD : ASKING_TIME);
        if (loaded) {
            return node(id).answer(request, false);
        }
        if (!quiet && chance(0.002)) {
            throw new PodLost();
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            happen();
        }
        if (held && request.target().contains("statuses=enqueued")) {
            Meanwhile once = onRest;
            onRest = () -> {};
            run(once);
        }
        if (SimulatedNode.isWait(request)) {
            // Whoever waits is not to wait for long.
            work(id, 2);
        }
        if (!quiet && chance(0.003)) {
            return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "away");
        }
        if (SimulatedNode.isOfShards(request)) {
            moves.deletes(id, SimulatedNode.shards(request), index());
        }
        if (request.target().contains("/documents?")) {
            Meanwhile once = onPut;
            onPut = () -> {};
            run(once);
        }
        boolean changes = !request.method().equals("GET") && !request.target().contains("/fetch");
        NodeReply reply = node(id).answer(request, changes && !quiet && chance(0.01));
        // Done, and nobody learns of it.
        return changes && !quiet && chance(0.01)
                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "late")
                : reply;
    }

    private void happen() {
        if (busy) {
            return;
        }
        busy = true;
        try {
            if (!quiet && chance(0.1)) {
                comeLate(NODES.get(random.nextInt(NODES.size())));
            }
            if (quiet) {
                NODES.forEach(this::workOn);
                end();
            } else {
                if (held) {
                    // Writes wait until those before them have ended.
                    NODES.forEach(this::workOn);
                    end();
                }
                switch (random.nextInt(15)) {
                    case 0, 1, 2, 3 -> write();
                    case 4 -> end();
                    case 5 -> loseDisk();
                    case 6 -> moves.search(random, index(), simulated, truthAtRest());
                    case 7 -> {
                        if (chance(0.05)) {
                            moves.change(random);
                        }
                    }
                    case 8 -> {
                        if (!held && moves.changes() && chance(0.1)) {
                            settle();
                            moveOnce();
                        }
                    }
                    default -> workOn(NODES.get(random.nextInt(NODES.size())));
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
        if (!held || !copying.contains(id)) {
            work(id, 1);
        }
    }

    private static void run(Meanwhile what) {
        try {
            what.happens();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void work(String id, int tasks) {
        for (int i = 0; i < tasks && node(id).work(); i++) {}
    }

    // Rule 15: it is told by its marker, and out before anything else is asked of it.
    private void loseDisk() throws InterruptedException {
        String id = NODES.get(random.nextInt(NODES.size()));
        boolean spare =
                ShardSet.all(SHARDS).stream()
                        .allMatch(
                                shard ->
                                        NODES.stream()
                                                .anyMatch(
                                                        other ->
                                                                !other.equals(id)
                                                                        && index().state(
                                                                                                other,
                                                                                                shard)
                                                                                == ReplicaState
                                                                                        .IN_SYNC));
        if (held || someoneFails() || !spare || !chance(0.2)) {
            return;
        }
        node(id).loseDisk();
        putOut(id);
    }

    private void putOut(String id) throws InterruptedException {
        Optional<ReplicaRow> row = store.replicas().get(ReadLevel.LOCAL, incarnation, id);
        if (row.isPresent()) {
            ShardStates out = row.get().states();
            for (int shard = 0; shard < SHARDS; shard++) {
                out = out.get(shard).isKept() ? out.with(shard, ShardState.OUT) : out;
            }
            seen(store.replicas().mark(new ReplicaRow(incarnation, id, out, row.get().version())));
        }
    }

    /** A client's write of some kind, in its lane: intended, sent, bound. */
    private void write() throws InterruptedException {
        if (held) {
            return;
        }
        ShardSet all = ShardSet.all(SHARDS);
        WritePlan plan = WritePlan.of(index().topology(), index(), _ -> true, all);
        Lanes.Intention.Intended intended =
                (Lanes.Intention.Intended)
                        seen(
                                store.lanes()
                                        .intend(
                                                new Intend(
                                                        lane,
                                                        epoch,
                                                        "documents_replace",
                                                        lane,
                                                        NO_BODY,
                                                        null,
                                                        0,
                                                        null,
                                                        incarnation,
                                                        List.copyOf(plan.recipients()),
                                                        all.stream().boxed().toList())));
        SimulatedWrite write = SimulatedWrite.any(random, IDS, intended.position());
        boolean poisoned = !quiet && chance(0.03);
        Map<String, SimulatedNode.Task> tasks = new TreeMap<>();
        Set<String> lacking = new TreeSet<>();
        Map<String, String> missed = new TreeMap<>();
        Map<String, List<Integer>> missedShards = new TreeMap<>();
        for (String id : plan.recipients()) {
            if (!quiet && chance(0.04) && leavesOne(plan, lacking, id)) {
                lacking.add(id);
                giveUp(id, write, intended.position());
                missed.put(id, "dropped");
                missedShards.put(id, all.stream().boxed().toList());
            } else {
                boolean alone = !quiet && chance(0.02) && leavesOne(plan, lacking, id);
                if (alone) {
                    lacking.add(id);
                }
                boolean fails = poisoned || alone || id.equals(failsOn);
                tasks.put(id, send(id, plan, write, intended.position(), fails));
            }
        }
        Map<String, Long> accepted = new TreeMap<>();
        tasks.forEach(
                (id, task) -> {
                    if (plan.targets().containsKey(id)) {
                        accepted.put(id, task.uid());
                    }
                });
        tasks.keySet().retainAll(accepted.keySet());
        Bind bind =
                new Bind(
                        lane,
                        epoch,
                        intended.position(),
                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                        "{}",
                        accepted,
                        Map.of(),
                        missed,
                        missedShards,
                        null,
                        null,
                        List.of(),
                        null);
        Lanes.Binding.Bound bound = (Lanes.Binding.Bound) seen(store.lanes().bind(bind));
        if (!poisoned) {
            write.work().accept(truth);
        }
        open.add(new Open(bound.taskUid(), tasks, poisoned));
    }

    // What is out by one write may not be missed by all that have it.
    private boolean leavesOne(WritePlan plan, Set<String> lacking, String id) {
        if (someoneFails()) {
            return false;
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            int wanted = shard;
            boolean other =
                    NODES.stream()
                            .filter(node -> !node.equals(id) && !lacking.contains(node))
                            .anyMatch(
                                    node ->
                                            plan.targets()
                                                    .getOrDefault(node, ShardSet.none())
                                                    .contains(wanted));
            if (!other) {
                return false;
            }
        }
        return true;
    }

    /** Whether a write failed, or will, on a node that goes out for it when the write ends. */
    private boolean someoneFails() {
        return open.stream()
                .filter(one -> !one.poisoned())
                .anyMatch(one -> one.tasks().values().stream().anyMatch(SimulatedNode.Task::fails));
    }

    private SimulatedNode.Task send(
            String id, WritePlan plan, SimulatedWrite write, long position, boolean fails) {
        ShardSet sent =
                plan.targets()
                        .getOrDefault(id, ShardSet.none())
                        .or(plan.fed().getOrDefault(id, ShardSet.none()));
        return node(id).enqueue(
                        write.type(),
                        mark(position),
                        write.within(id2 -> sent.contains(Rendezvous.shard(id2, SHARDS))),
                        fails);
    }

    private String mark(long position) {
        return "miroir:" + epoch + ':' + position + ':' + lane;
    }

    /** Nobody hears of it, and it may come to the node yet. */
    private void giveUp(String id, SimulatedWrite write, long position) {
        String mark = mark(position);
        SimulatedNode.Work work =
                write.within(
                        document ->
                                CopyPlan.isLacking(
                                        index().state(id, Rendezvous.shard(document, SHARDS))));
        givenUp.computeIfAbsent(id, _ -> new ArrayDeque<>())
                .add(() -> node(id).enqueue(write.type(), mark, work, false));
    }

    /** What was given up comes to a node that is copied to, behind what was sent since. */
    private void comeLate(String id) {
        Deque<Runnable> late = givenUp.getOrDefault(id, new ArrayDeque<>());
        boolean read =
                ShardSet.all(SHARDS).stream()
                        .anyMatch(shard -> index().state(id, shard) == ReplicaState.IN_SYNC);
        if (read) {
            // That it shows such a write is another rule's.
            late.clear();
        } else if (copying.contains(id) && !late.isEmpty()) {
            late.remove().run();
        }
    }

    /** The oldest write ends, if its nodes are done with it. */
    private void end() throws InterruptedException {
        Open oldest = open.peek();
        if (oldest == null
                || !oldest.tasks().values().stream().allMatch(SimulatedNode.Task::isDone)) {
            return;
        }
        open.remove();
        List<IndexEffect> out = new ArrayList<>();
        oldest.tasks()
                .forEach(
                        (id, task) -> {
                            List<Integer> inSync = new ArrayList<>();
                            for (int shard = 0; shard < SHARDS; shard++) {
                                if (index().state(id, shard) == ReplicaState.IN_SYNC) {
                                    inSync.add(shard);
                                }
                            }
                            if (!task.succeeded() && !oldest.poisoned() && !inSync.isEmpty()) {
                                out.add(new IndexEffect.ReplicasOut(incarnation, id, inSync));
                            }
                        });
        Tasks.Step ended =
                seen(
                        store.tasks()
                                .finish(
                                        Finish.of(
                                                oldest.uid(),
                                                epoch,
                                                TaskStatus.SUCCEEDED,
                                                null,
                                                null,
                                                out)));
        assertEquals(new Tasks.Step.Stepped(), ended);
    }

    // ---- the index

    private void create() throws InterruptedException {
        claim();
        Intend intend =
                new Intend(
                        lane,
                        epoch,
                        "index_create",
                        lane,
                        NO_BODY,
                        null,
                        0,
                        null,
                        Intend.ALLOT,
                        NODES,
                        List.of());
        Lanes.Intention.Intended intended =
                (Lanes.Intention.Intended) seen(store.lanes().intend(intend));
        incarnation = intended.incarnation();
        List<ReplicaRow> rows = new ArrayList<>();
        for (String id : view.fleet().topology(SHARDS).nodes()) {
            ShardStates states = ShardStates.all(SHARDS, ShardState.NOT_HELD);
            for (int shard : view.fleet().topology(SHARDS).shardsOf(id).stream().toArray()) {
                states = states.with(shard, ShardState.IN_SYNC);
            }
            rows.add(new ReplicaRow(incarnation, id, states, 0));
        }
        List<IndexEffect> effects =
                List.of(
                        new IndexEffect.Created(lane, incarnation, "id", SHARDS, "{}", rows),
                        new IndexEffect.SettingsCommitted(incarnation, "{}", NODES, List.of()));
        seen(
                store.lanes()
                        .bind(
                                new Bind(
                                        lane,
                                        epoch,
                                        intended.position(),
                                        TaskType.INDEX_CREATION,
                                        "{}",
                                        Map.of(),
                                        Map.of(),
                                        Map.of(),
                                        Map.of(),
                                        TaskStatus.SUCCEEDED,
                                        null,
                                        effects,
                                        null)));
    }

    private void claim() throws InterruptedException {
        epoch = ((Lanes.Claim.Claimed) seen(store.lanes().claim(lane, "p"))).epoch();
    }

    private <T> T seen(Reply<T> reply) throws InterruptedException {
        T outcome = reply.orThrow();
        if (reply instanceof Reply.Applied<T> applied) {
            view.await(applied.index(), Duration.ofSeconds(60));
        }
        return outcome;
    }

    private IndexView index() {
        return view.index(lane).orElseThrow();
    }

    private SimulatedNode node(String id) {
        return Objects.requireNonNull(simulated.get(id));
    }

    private boolean chance(double of) {
        return random.nextDouble() < of;
    }

    private void settle() throws InterruptedException {
        NODES.forEach(id -> work(id, Integer.MAX_VALUE));
        while (!open.isEmpty()) {
            end();
        }
    }

    // ---- what must hold

    private void assertEqual() {
        Topology topology = view.fleet().topology(SHARDS);
        for (String id : NODES) {
            ShardSet assigned = topology.shardsOf(id);
            for (int shard = 0; shard < SHARDS; shard++) {
                if (assigned.contains(shard)) {
                    assertEquals(ReplicaState.IN_SYNC, index().state(id, shard));
                    assertHolds(id, shard);
                } else {
                    assertEquals(ReplicaState.NOT_HELD, index().state(id, shard));
                    // One that is of no layout any more is not asked to delete anything.
                    if (topology.groupOf(id) >= 0) {
                        assertEquals(Map.of(), of(node(id).documents, shard));
                    }
                }
            }
        }
        moves.search(random, index(), simulated, truth);
    }

    /** What is to be found; null while nodes have something to do. */
    private @Nullable Map<String, ObjectNode> truthAtRest() {
        boolean rest = open.isEmpty() && NODES.stream().allMatch(id -> node(id).isAtRest());
        return rest ? truth : null;
    }

    /** Its nodes come to an end with the run. */
    private void drop() throws InterruptedException {
        seen(store.lanes().affect(lane, epoch, List.of(new IndexEffect.Deleted(incarnation))));
    }

    /** A node at rest has of a shard what the writes make, and nothing else. */
    private void assertHolds(String id, int shard) {
        if (!node(id).isAtRest()) {
            fail(id + " is read and not at rest");
        }
        assertEquals(
                of(truth, shard), of(node(id).documents, shard), () -> id + ", shard " + shard);
    }

    private static Map<String, ObjectNode> of(Map<String, ObjectNode> documents, int shard) {
        Map<String, ObjectNode> some = new TreeMap<>(documents);
        some.keySet().removeIf(id -> Rendezvous.shard(id, SHARDS) != shard);
        some.replaceAll((_, one) -> Json.parseObject(Json.text(one)));
        some.values()
                .forEach(
                        one ->
                                assertEquals(
                                        Separators.shard(shard),
                                        one.path(Separators.SHARD_FIELD).asString()));
        return some;
    }

    @Override
    public void close() {
        view.close();
        store.close();
    }
}
