package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Lanes;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.TaskQuery;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One lane over a real store, with nodes and binds that a test can make fail (protocol, rules 2 to
 * 4). Two groups of one node.
 */
class LaneTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir Path directory;

    private final AtomicLong nodeTasks = new AtomicLong();
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private volatile BiFunction<String, NodeRequest, NodeReply> node = (_, _) -> accepted();
    private volatile Function<Bind, Reply<Binding>> bind = this::boundByStore;
    private TaskStore store;
    private ClusterView view;
    private NodeHealth health;
    private TaskFollower follower;
    private Spooler spooler;
    private Lane lane;

    @BeforeEach
    void open() throws IOException {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"), List.of("b"))));
        view.start();
        Map<String, NodeClient> clients = new HashMap<>();
        for (String id : List.of("a", "b")) {
            clients.put(id, request -> answer(id, request));
        }
        Nodes nodes = Nodes.over(clients, (_, _, _, _) -> {});
        health =
                new NodeHealth(
                        List.of("a", "b"),
                        new HealthState.Thresholds(3, 1),
                        InstantSource.system(),
                        _ -> {});
        spooler = new Spooler(directory.resolve("spool"), 1 << 20, 1 << 20);
        LaneSettings settings =
                new LaneSettings(SHORT, SHORT, SHORT, SHORT, Duration.ofSeconds(60));
        LaneContext context =
                new LaneContext("p", withBinds(store), view, nodes, health, spooler, settings);
        follower = new TaskFollower(context, new TaskMetrics(new CollectorRegistry()));
        lane = new Lane("i", context, follower);
    }

    @AfterEach
    void close() {
        follower.close();
        view.close();
        store.close();
    }

    private NodeReply answer(String id, NodeRequest request) {
        sent.add(id + " " + request.method() + " " + request.target());
        return request.method().equals("GET")
                ? new NodeReply.Answer(200, Json.parse("{\"results\":[]}"))
                : node.apply(id, request);
    }

    private NodeReply accepted() {
        return new NodeReply.Answer(202, Json.object().put("taskUid", nodeTasks.incrementAndGet()));
    }

    private Reply<Binding> boundByStore(Bind command) {
        return store.lanes().bind(command);
    }

    /** The same store, whose binds go through {@link #bind}. */
    private TaskStore withBinds(TaskStore real) {
        Lanes lanes =
                proxy(
                        Lanes.class,
                        real.lanes(),
                        (method, args) ->
                                method.equals("bind") ? bind.apply((Bind) args[0]) : null);
        return proxy(TaskStore.class, real, (method, _) -> method.equals("lanes") ? lanes : null);
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

    private long write(String json, @Nullable String key) throws Exception {
        return run(Operation.DOCUMENTS_REPLACE, json, key);
    }

    private long run(Operation operation, String json, @Nullable String key) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        parameters.put(WriteRequest.CONTENT_TYPE, "application/json");
        parameters.put(WriteRequest.ID, "1");
        if (key != null) {
            parameters.put(WriteRequest.IDEMPOTENCY_KEY, key);
        }
        var body = spooler.receive(new ByteArrayInputStream(json.getBytes(UTF_8)));
        return lane.run(new WriteRequest(operation, "i", parameters), body, () -> true)
                .orElseThrow()
                .taskUid();
    }

    private ErrorCode refused(String json) {
        return assertThrows(ApiException.class, () -> write(json, null)).code();
    }

    private long epoch() {
        return store.lanes().get(ReadLevel.LOCAL, "i").orElseThrow().epoch();
    }

    private int openIntents() {
        return store.lanes().openIntents(ReadLevel.LOCAL, "i").size();
    }

    private long tasks() {
        return store.tasks().list(ReadLevel.LOCAL, TaskQuery.newest(0)).total();
    }

    /** Rule 4: what is dispatched carries the epoch of its intent, and is bound under it. */
    @Test
    void aLaneThatIsLetGoInTheMiddleOfAWriteEndsThatWrite() throws Exception {
        write("[{\"id\":1}]", null);
        long epoch = epoch();
        sent.clear();
        node =
                (id, request) -> {
                    lane.release();
                    return accepted();
                };
        write("[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4}]", null);
        assertEquals(2, tasks());
        assertEquals(0, openIntents());
        assertEquals(2, sent.size(), sent::toString);
        sent.forEach(s -> assertTrue(s.contains("miroir%3A" + epoch + "%3A"), s));
        assertEquals(epoch, epoch());
    }

    /** Rule 3: nodes have it and the store does not answer, so nobody may say that they don't. */
    @Test
    void aWriteThatCantBeBoundIsIndeterminate() throws Exception {
        write("[{\"id\":1}]", null);
        bind = _ -> new Reply.Refused<>(new Refusal.Unavailable("no leader"));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
        bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
    }

    /** Rule 2: it is bound, however late this pod sees it; "nothing was written" would be a lie. */
    @Test
    void aWriteThatIsBoundIsToldAlsoWhenThisPodLagsBehind() throws Exception {
        write("[{\"id\":1}]", null);
        long epoch = epoch();
        bind =
                command ->
                        switch (boundByStore(command)) {
                            case Reply.Applied<Binding> done ->
                                    new Reply.Applied<>(done.index() + 1_000, done.outcome());
                            case Reply.Refused<Binding> refused -> refused;
                        };
        assertEquals(1, write("[{\"id\":2}]", null));
        bind = this::boundByStore;
        assertEquals(2, write("[{\"id\":3}]", null));
        assertNotEquals(epoch, epoch(), "the lane began anew");
    }

    /** Rule 4: whatever breaks between intent and bind, the next write settles it first. */
    @Test
    void aWriteThatBreaksOffIsSettledBeforeTheNextOne() throws Exception {
        write("[{\"id\":1}]", null);
        node =
                (_, _) -> {
                    throw new IllegalStateException("a bug");
                };
        assertThrows(IllegalStateException.class, () -> write("[{\"id\":2}]", null));
        assertEquals(1, openIntents());
        node = (_, _) -> accepted();
        write("[{\"id\":3}]", null);
        assertEquals(0, openIntents());
    }

    /** Rules 2 and 4: a new owner waits for no node that is known to be down. */
    @Test
    void aNodeThatIsDownIsNotAskedForWhatIsOpen() throws Exception {
        write("[{\"id\":1}]", null);
        node =
                (_, _) -> {
                    throw new IllegalStateException("a bug");
                };
        assertThrows(IllegalStateException.class, () -> write("[{\"id\":2}]", null));
        var probe = NodeRequest.get("health", "/version", SHORT);
        var silence = new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        for (int i = 0; i < 3; i++) {
            health.replied("b", probe, silence, 0);
        }
        assertEquals(HealthState.Status.DOWN, health.status("b"));
        sent.clear();
        lane.resume(() -> true);
        assertEquals(0, openIntents());
        assertEquals(1, sent.stream().filter(s -> s.startsWith("a GET /tasks")).count());
        assertTrue(sent.stream().noneMatch(s -> s.startsWith("b ")), sent::toString);
        IndexView index = view.index("i").orElseThrow();
        assertEquals(ReplicaState.OUT, index.state("b", Rendezvous.shard("2", 4)));
    }

    /** Takes the lane over in the middle of a bind, as another pod would. */
    private void whenTakenOver(BiConsumer<Bind, Long> settle) {
        bind =
                command -> {
                    bind = this::boundByStore;
                    Claim claim = store.lanes().claim("i", "other").orThrow();
                    settle.accept(command, assertInstanceOf(Claim.Claimed.class, claim).epoch());
                    return boundByStore(command);
                };
    }

    private void boundByOther(Bind command, long epoch) {
        Bind theirs =
                new Bind(
                        "i",
                        epoch,
                        command.position(),
                        command.type(),
                        command.detailsJson(),
                        command.accepted(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        List.of());
        assertInstanceOf(Binding.Bound.class, boundByStore(theirs).orThrow());
    }

    private void abandonedByOther(Bind command, long epoch) {
        store.lanes().abandon("i", epoch, command.position(), "no node has it").orThrow();
    }

    /** Rule 3: the new owner found it and made it a task, so that is the client's task. */
    @Test
    void aWriteThatTheNextOwnerBindsIsAcknowledgedAsItsTask() throws Exception {
        write("[{\"id\":1}]", null);
        whenTakenOver(this::boundByOther);
        assertEquals(1, write("[{\"id\":2}]", null));
        assertEquals(2, tasks());
        assertEquals(0, openIntents());
        IndexView index = view.index("i").orElseThrow();
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.IN_SYNC, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
    }

    /**
     * Rule 4: nodes took it after the new owner had looked; nobody may say that it is not there.
     */
    @Test
    void aWriteThatTheNextOwnerGaveUpIsIndeterminate() throws Exception {
        write("[{\"id\":1}]", null);
        whenTakenOver(this::abandonedByOther);
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
        whenTakenOver((_, _) -> {});
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
    }

    /** An index that was given up has a name that is never used again: the request begins anew. */
    @Test
    void anIndexThatTheNextOwnerGaveUpIsAskedForAgain() throws Exception {
        whenTakenOver(this::abandonedByOther);
        var body = spooler.receive(new ByteArrayInputStream("{\"uid\":\"i\"}".getBytes(UTF_8)));
        Map<String, String> parameters = Map.of(WriteRequest.CONTENT_TYPE, "application/json");
        WriteRequest create = new WriteRequest(Operation.INDEX_CREATE, "i", parameters);
        assertTrue(lane.run(create, body, () -> true).isEmpty());
    }

    /** A key stands for a request, not for a body: two deletions have the same one. */
    @Test
    void anIdempotencyKeyIsOfOneRequest() throws Exception {
        long added = write("[{\"id\":1}]", "k1");
        assertEquals(added, write("[{\"id\":1}]", "k1"));
        long deleted = run(Operation.DOCUMENT_DELETE, "", "k2");
        assertEquals(deleted, run(Operation.DOCUMENT_DELETE, "", "k2"));
        ApiException reused =
                assertThrows(ApiException.class, () -> run(Operation.DOCUMENTS_CLEAR, "", "k2"));
        assertEquals(ErrorCode.MIROIR_IDEMPOTENCY_KEY_REUSED, reused.code());
    }

    /** A node that takes another key than ours is in trouble; the client's key is none of it. */
    @Test
    void aNodeThatRefusesOurKeyIsOutAndTheClientHearsNothingOfIt() throws Exception {
        write("[{\"id\":1}]", null);
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        node =
                (id, request) ->
                        id.equals("a")
                                ? new NodeReply.Refusal(403, "invalid_api_key", "no", refusal)
                                : accepted();
        write("[{\"id\":2}]", null);
        IndexView index = view.index("i").orElseThrow();
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.OUT, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
        node = (_, _) -> new NodeReply.Refusal(403, "invalid_api_key", "no", refusal);
        assertEquals(ErrorCode.MIROIR_NO_QUORUM, refused("[{\"id\":2}]"));
    }
}
