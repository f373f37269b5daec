package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.core.plan.WritePlan;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pod whose clients wait behind a write that is under way, so that theirs share a turn. There is
 * one document already; all writes of tests are of its shard unless they say so.
 */
final class SharedTurns implements AutoCloseable {
    /** Of the write that is under way. */
    private static final String FIRST = "\"id\":100";

    final LaneFixture pod;
    final TaskNodes nodes;

    /** What node a was sent after the first write. */
    final ConcurrentLinkedQueue<Sending> atA = new ConcurrentLinkedQueue<>();

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    /** What a node is sent. */
    record Sending(String method, String target, String body) {
        static Sending of(NodeRequest request) {
            return new Sending(request.method(), request.target(), TaskNodes.body(request));
        }

        /** The ids of its documents, in their order. */
        List<Integer> ids() {
            return body.lines().map(line -> Json.parse(line).path("id").asInt()).toList();
        }

        String mark() {
            String at = "customMetadata=";
            return URLDecoder.decode(target.substring(target.indexOf(at) + at.length()), UTF_8);
        }

        /** Whether it holds one document, and not that of the write before. */
        boolean isPart() {
            return body.lines().count() == 1 && !body.contains(FIRST);
        }
    }

    /** What a client asks for. */
    record Asked(Operation operation, String json, @Nullable String key) {
        static Asked put(String json) {
            return new Asked(Operation.DOCUMENTS_UPDATE, json, null);
        }

        static Asked post(String json) {
            return new Asked(Operation.DOCUMENTS_REPLACE, json, null);
        }
    }

    SharedTurns(Path directory) throws Exception {
        this(directory, LaneFixture.PATIENT);
    }

    SharedTurns(Path directory, LaneSettings settings) throws Exception {
        pod = new LaneFixture(directory, settings, LaneFixture.SETTINGS);
        nodes = new TaskNodes(pod);
        pod.write("[{\"id\":1}]", null);
    }

    @Override
    public void close() {
        clients.close();
        pod.close();
    }

    /** Lets these writes wait behind one that is under way, and lets that one go. */
    List<Future<LaneReply>> behindAnother(Asked... writes) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(nodesOf("100"));
        var answer = pod.node;
        pod.sent.clear();
        pod.node =
                (id, request) -> {
                    reached.countDown();
                    awaitOpen(held);
                    return answer.apply(id, request);
                };
        Future<LaneReply> first = clients.submit(() -> reply(Asked.post("[{" + FIRST + "}]")));
        awaitOpen(reached);
        List<Future<LaneReply>> all = new ArrayList<>();
        for (Asked write : writes) {
            int before = pod.lane.waiting();
            all.add(clients.submit(() -> reply(write)));
            LaneFixture.await(() -> pod.lane.waiting() > before);
        }
        pod.node =
                (id, request) -> {
                    if (id.equals("a")) {
                        atA.add(Sending.of(request));
                    }
                    return answer.apply(id, request);
                };
        held.countDown();
        first.get();
        return all;
    }

    private int nodesOf(String document) {
        int shard = Rendezvous.shard(document, 4);
        return (int)
                Stream.of("a", "b")
                        .filter(
                                node ->
                                        WritePlan.isSent(
                                                pod.view
                                                        .index("i")
                                                        .orElseThrow()
                                                        .state(node, shard)))
                        .count();
    }

    private LaneReply reply(Asked write) throws Exception {
        return pod.reply(write.operation(), write.json(), write.key());
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    static List<Long> uids(List<Future<LaneReply>> writes) throws Exception {
        List<Long> uids = new ArrayList<>();
        for (Future<LaneReply> write : writes) {
            uids.add(write.get().taskUid());
        }
        return uids;
    }

    TaskRow task(long uid) {
        return pod.tasks().stream().filter(row -> row.uid() == uid).findFirst().orElseThrow();
    }

    static Map<String, Long> accepted(TaskRow task) {
        return requireNonNull(task.origin()).accepted();
    }

    void await(long uid, TaskStatus status) throws InterruptedException {
        LaneFixture.await(() -> task(uid).status() == status || task(uid).status().terminal());
        assertEquals(status, task(uid).status(), () -> task(uid).toString());
    }

    void awaitFailed(List<Long> uids) throws InterruptedException {
        for (long uid : uids) {
            await(uid, TaskStatus.FAILED);
        }
    }

    /**
     * Awaited: a task's end can be read in the store a moment before its command is acknowledged.
     */
    void awaitOut(String node) throws InterruptedException {
        LaneFixture.await(() -> state(node) == ReplicaState.OUT);
    }

    /** The id of a document of another shard than the documents of tests are in. */
    static int elsewhere() {
        int id = 2;
        while (Rendezvous.shard(Integer.toString(id), 4) == Rendezvous.shard("1", 4)) {
            id++;
        }
        return id;
    }

    /** Of the shard that the documents are in. */
    ReplicaState state(String node) {
        pod.view.catchUp();
        return pod.view.index("i").orElseThrow().state(node, Rendezvous.shard("1", 4));
    }
}
