package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.seal.SealKeys;
import io.miroir.cluster.seal.StoredSecrets;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod with one lane over a real store, with claims, nodes and binds that a test can make fail.
 * Two groups of one node.
 */
final class LaneFixture implements AutoCloseable {
    static final Duration SHORT = Duration.ofMillis(300);

    /** The view is at the store's side at once, but for its threads' turn on a busy machine. */
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);

    /** Writes that may wait for their turn. */
    static final int WAITING_MAX = 8;

    static final LaneSettings.Merging MERGING = new LaneSettings.Merging(8, 100, 1 << 16);

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Waits for the store however slow the machine is. */
    static final LaneSettings PATIENT = patient(PATIENCE);

    private static final StoredSecrets SECRETS =
            new StoredSecrets(
                    new SealKeys(
                            () -> List.of("seal-key-of-tests-0123456789-0123456789"),
                            new SecureRandom()));

    static final SettingsLimits SETTINGS = new SettingsLimits(SHORT, 1, true, false);

    private static final int FAILURES_UNTIL_DOWN = 3;
    private static final NodeRequest PROBE = NodeRequest.get("health", "/health", SHORT);

    private final AtomicLong nodeTasks = new AtomicLong();
    final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    volatile BiFunction<String, NodeRequest, NodeReply> node = (_, _) -> accepted();
    volatile BiFunction<String, NodeRequest, NodeReply> reads = (_, _) -> noTasks();
    volatile Function<Bind, Reply<Binding>> bind = this::boundByStore;
    volatile boolean abandons = true;

    /** Run after each command in which the owner tells what it found. */
    volatile Runnable affected = () -> {};

    /** Whether the store takes it that a task begins. */
    volatile BooleanSupplier starts = () -> true;

    /** How often the store was asked to end tasks. */
    final AtomicInteger ends = new AtomicInteger();

    /** Run where all pods are waited for. */
    volatile Runnable told = () -> {};

    volatile Function<String, Reply<Claim>> claim = this::claimedInStore;
    final TaskStore store;
    final ClusterView view;
    final NodeHealth health;
    final TaskFollower follower;
    final LaneContext context;
    final LaneCounters counters = LaneCounters.none();
    final Handover alone;
    final Lane lane;
    final Spooler spooler;
    private final CollectorRegistry registry = new CollectorRegistry();

    LaneFixture(Path directory) throws IOException {
        this(directory, settings(PATIENCE), SETTINGS);
    }

    LaneFixture(Path directory, LaneSettings settings, SettingsLimits limits) throws IOException {
        store = openStore(directory);
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"), List.of("b"))));
        view.start();
        Map<String, NodeClient> clients = new HashMap<>();
        for (String id : List.of("a", "b")) {
            clients.put(id, request -> answer(id, request));
        }
        Nodes nodes = Nodes.over(clients, (_, _, _, _) -> {});
        health = health();
        spooler = new Spooler(directory.resolve("spool"), 1 << 20, 1 << 20);
        context = new LaneContext("p", withHooks(store), view, nodes, health, spooler, settings);
        follower = follower(registry, limits);
        alone = new Handover(context, new Peers("p", List.of(), List::of));
        lane = new Lane("i", context, follower, alone, counters);
        follower.holdWith((_, work) -> lane.hold(() -> true, work));
    }

    /** Waits for the store however slow the machine is. */
    static LaneSettings patient(Duration turnTimeout) {
        return new LaneSettings(
                PATIENCE,
                SHORT,
                turnTimeout,
                PATIENCE,
                Duration.ofSeconds(60),
                WAITING_MAX,
                MERGING);
    }

    /** Gives up soon. */
    static LaneSettings settings(Duration turnTimeout) {
        return new LaneSettings(
                SHORT,
                SHORT,
                turnTimeout,
                SEEN_WITHIN,
                Duration.ofSeconds(60),
                WAITING_MAX,
                MERGING);
    }

    private TaskFollower follower(CollectorRegistry metrics, SettingsLimits limits) {
        return new TaskFollower(
                context,
                new TaskMetrics(metrics),
                new TaskFollower.Rolling(() -> told.run(), new SettingsMetrics(metrics), limits));
    }

    /** One as the next owner of the lane has it. */
    TaskFollower anotherFollower() {
        return follower(new CollectorRegistry(), SETTINGS);
    }

    /** The index as it is by all that was done so far. */
    IndexView index() {
        view.catchUp();
        return view.index("i").orElseThrow();
    }

    /** Waits until it is so. */
    static void await(BooleanSupplier isSo) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() - giveUpNanos < 0, "it does not come to that");
            Thread.sleep(1);
        }
    }

    /** What a metric says. */
    double metric(String name) {
        return registry.getSampleValue(name);
    }

    /** What a pod believes of both nodes that has asked none. */
    static NodeHealth health() {
        return new NodeHealth(
                List.of("a", "b"),
                new HealthState.Thresholds(FAILURES_UNTIL_DOWN, 1),
                InstantSource.system(),
                _ -> {});
    }

    /** The pod hears that a node does not answer. */
    void down(String id) {
        down(health, id);
    }

    static void down(NodeHealth health, String id) {
        for (int i = 0; i < FAILURES_UNTIL_DOWN; i++) {
            health.replied(id, PROBE, new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, ""), 1);
        }
    }

    /** The pod hears that a node answers again, as often as it takes to believe it. */
    void up(String id) {
        up(health, id);
    }

    static void up(NodeHealth health, String id) {
        do {
            health.replied(id, PROBE, new NodeReply.Answer(200, Json.object()), 1);
        } while (health.status(id) == HealthState.Status.DOWN);
    }

    /** The same pod, which believes this of the nodes. */
    LaneContext believing(NodeHealth other) {
        return new LaneContext(
                context.podId(),
                context.store(),
                view,
                context.nodes(),
                other,
                spooler,
                context.settings());
    }

    /** A store of the one pod "p", which seals secrets. */
    static SqliteTaskStore openStore(Path directory) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("p", directory).sealing(SECRETS),
                InstantSource.system(),
                new CollectorRegistry(),
                _ -> {});
    }

    @Override
    public void close() {
        follower.close();
        view.close();
        store.close();
    }

    private NodeReply answer(String id, NodeRequest request) {
        sent.add(id + " " + request.method() + " " + request.target());
        return (request.method().equals("GET") ? reads : node).apply(id, request);
    }

    NodeReply accepted() {
        return new NodeReply.Answer(202, Json.object().put("taskUid", nodeTasks.incrementAndGet()));
    }

    /** A node finds fault with documents. */
    static NodeReply refused() {
        ObjectNode error =
                Json.object().put("code", "invalid_document_fields").put("message", "no");
        return new NodeReply.Refusal(400, "invalid_document_fields", "no", error);
    }

    static NodeReply noTasks() {
        return new NodeReply.Answer(200, Json.parse("{\"results\":[]}"));
    }

    Reply<Binding> boundByStore(Bind command) {
        return store.lanes().bind(command);
    }

    private List<Reply<Binding>> bindAll(List<Bind> commands) {
        return commands.stream().map(command -> bind.apply(command)).toList();
    }

    private static <T> Reply<T> unavailable() {
        return new Reply.Refused<>(new Refusal.Unavailable("no leader"));
    }

    @SuppressWarnings("unchecked")
    private Reply<Lanes.Affecting> affect(TaskStore real, Object[] args) {
        Reply<Lanes.Affecting> reply =
                real.lanes().affect((String) args[0], (Long) args[1], (List<IndexEffect>) args[2]);
        affected.run();
        return reply;
    }

    Reply<Claim> claimedInStore(String name) {
        return store.lanes().claim(name, "p");
    }

    /** The same store, whose claims and binds go through {@link #claim} and {@link #bind}. */
    @SuppressWarnings("unchecked")
    private TaskStore withHooks(TaskStore real) {
        Lanes lanes =
                proxy(
                        Lanes.class,
                        real.lanes(),
                        (method, args) ->
                                switch (method) {
                                    case "claim" -> claim.apply((String) args[0]);
                                    case "bind" -> bind.apply((Bind) args[0]);
                                    case "bindAll" -> bindAll((List<Bind>) args[0]);
                                    case "abandon" -> abandons ? null : unavailable();
                                    case "affect" -> affect(real, args);
                                    default -> null;
                                });
        Tasks tasks =
                proxy(
                        Tasks.class,
                        real.tasks(),
                        (method, _) -> {
                            ends.addAndGet(method.startsWith("finish") ? 1 : 0);
                            return method.equals("started") && !starts.getAsBoolean()
                                    ? unavailable()
                                    : null;
                        });
        return proxy(
                TaskStore.class,
                real,
                (method, _) ->
                        switch (method) {
                            case "lanes" -> lanes;
                            case "tasks" -> tasks;
                            default -> null;
                        });
    }

    private static <T> T proxy(
            Class<T> type, T real, BiFunction<String, Object[], Object> instead) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, args) -> {
                            Object answer = instead.apply(method.getName(), args);
                            try {
                                return answer == null ? method.invoke(real, args) : answer;
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getCause();
                            }
                        }));
    }

    long write(String json, @Nullable String key) throws Exception {
        return run(Operation.DOCUMENTS_REPLACE, json, key);
    }

    long run(Operation operation, String json, @Nullable String key) throws Exception {
        return reply(operation, json, key).taskUid();
    }

    LaneReply reply(Operation operation, String json, @Nullable String key) throws Exception {
        return reply(request(operation, "i", key), json);
    }

    LaneReply reply(WriteRequest request, String json) throws Exception {
        Spooler.Received body = body(json);
        try (var _ = body.body()) {
            return lane.run(request, body, () -> true).orElseThrow();
        }
    }

    static WriteRequest request(Operation operation, String index, @Nullable String key) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put(WriteRequest.CONTENT_TYPE, "application/json");
        parameters.put(WriteRequest.ID, "1");
        if (key != null) {
            parameters.put(WriteRequest.IDEMPOTENCY_KEY, key);
        }
        return new WriteRequest(operation, index, parameters);
    }

    Spooler.Received body(String json) throws IOException {
        return spooler.receive(new ByteArrayInputStream(json.getBytes(UTF_8)));
    }

    ErrorCode refused(String json) {
        return assertThrows(ApiException.class, () -> write(json, null)).code();
    }

    long epoch() {
        return store.lanes().get(ReadLevel.LOCAL, "i").orElseThrow().epoch();
    }

    List<IntentRow> openIntents() {
        return store.lanes().openIntents(ReadLevel.LOCAL, "i");
    }

    /** All tasks, the newest first. */
    List<TaskRow> tasks() {
        return store.tasks().list(ReadLevel.LOCAL, TaskQuery.newest(100)).tasks();
    }
}
