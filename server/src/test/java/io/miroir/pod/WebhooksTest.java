package io.miroir.pod;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.conformance.ConformancePack;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.HttpServer;
import io.miroir.edge.http.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Webhooks of three pods: told by whoever leads, at least once, whoever else may fail. */
class WebhooksTest {
    private static final int PODS = 3;
    private static final String DELIVERY_ID = "X-Miroir-Delivery-Id";

    @TempDir Path directory;

    private TestNodes nodes;
    private HttpServer receiver;
    private final List<TestPod> pods = new ArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();

    /** The deliveries of each task, by its uid. */
    private final Map<Long, ConcurrentLinkedQueue<Delivery>> told = new ConcurrentHashMap<>();

    private record Delivery(String id, String secret, JsonNode task) {}

    @BeforeEach
    void start() throws Exception {
        nodes = new TestNodes(directory, 1, 1);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
        receiver =
                HttpServer.start(
                        "127.0.0.1",
                        0,
                        HttpServer.Limits.defaults(),
                        new Random(),
                        request -> receive(request));
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        receiver.close();
        nodes.close();
    }

    private Answer receive(Request request) throws Exception {
        if (refused.get() > 0 && refused.getAndDecrement() > 0) {
            return Answer.empty(503);
        }
        String body = new String(request.body().readAllBytes(), UTF_8);
        for (String line : body.lines().toList()) {
            JsonNode task = Json.parse(line.getBytes(UTF_8));
            told.computeIfAbsent(task.path("uid").asLong(), _ -> new ConcurrentLinkedQueue<>())
                    .add(
                            new Delivery(
                                    request.header(DELIVERY_ID), request.header("x-secret"), task));
        }
        return Answer.empty(204);
    }

    @Test
    void clientsSeeWhatMeilisearchShows() throws Exception {
        ConformancePack.Report report =
                ConformancePack.load()
                        .only(Set.of("152-cors-and-verbs", "154-webhooks"))
                        .replay(pods.getFirst().address(), TestPod.MASTER_KEY, Set.of("api"));
        assertTrue(report.failed().isEmpty(), () -> String.join("\n", report.failures()));
    }

    @Test
    void everyTaskThatEndsIsToldAlsoAfterTheLeaderIsGone() throws Exception {
        HttpCalls client = pods.get(0).client();
        client.done("POST", "/indexes", "{\"uid\": \"before\"}");
        String uuid = create(client);
        // Known on the other pods as soon as it is answered.
        assertEquals(200, pods.get(1).client().call("GET", "/webhooks/" + uuid).status());

        List<Long> tasks = new ArrayList<>();
        tasks.add(write(client, 0));
        awaitTold(tasks);
        // The receiver is in trouble, and then the leader goes: another one tries again.
        refused.set(4);
        tasks.add(write(client, 1));
        TestPod leader = awaitOnLeader(_ -> true);
        leader.close();
        pods.remove(leader);
        refused.set(0);
        HttpCalls other = pods.getFirst().client();
        other.awaitStatus("GET", "/_miroir/ready", 200);
        tasks.add(write(other, 2));
        awaitTold(tasks);

        assertEquals(Set.copyOf(tasks), told.keySet(), "what ended before is not told");
        for (long task : tasks) {
            for (Delivery delivery : told.get(task)) {
                assertEquals(uuid + "/" + task, delivery.id());
                assertEquals("s", delivery.secret());
                assertEquals("succeeded", delivery.task().path("status").asString());
                assertTrue(delivery.task().path("details").has("receivedDocuments"));
            }
        }
        awaitOnLeader(pod -> metrics(pod).contains("miroir_webhook_lag_seconds{webhook=\"" + uuid));
        assertEquals(204, other.call("DELETE", "/webhooks/" + uuid).status());
        assertEquals(0, other.call("GET", "/webhooks").body().path("results").size());
    }

    private String create(HttpCalls client) {
        HttpCalls.Reply made =
                client.call(
                        "POST",
                        "/webhooks",
                        "{\"url\": \"http://127.0.0.1:"
                                + receiver.port()
                                + "/told\", \"headers\": {\"x-secret\": \"s\"}}");
        assertEquals(201, made.status(), () -> made.body().toString());
        return made.body().path("uuid").asString();
    }

    private static long write(HttpCalls client, int id) {
        JsonNode task = client.done("POST", "/indexes/told/documents", "[{\"id\": " + id + "}]");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        return task.path("uid").asLong();
    }

    private void awaitTold(List<Long> tasks) {
        // The receiver can't be asked: its own answers are what is waited for.
        HttpCalls any = pods.getFirst().client();
        any.await("GET", "/health", _ -> told.keySet().containsAll(tasks));
    }

    /** The pod that leads, once it is so there; an election may be under way. */
    private TestPod awaitOnLeader(Predicate<TestPod> isSo) {
        List<TestPod> found = new ArrayList<>();
        HttpCalls any = pods.getFirst().client();
        any.await(
                "GET",
                "/health",
                _ -> {
                    pods.stream().filter(pod -> leads(pod) && isSo.test(pod)).forEach(found::add);
                    return !found.isEmpty();
                });
        return found.getFirst();
    }

    private static String metrics(TestPod pod) {
        HttpCalls prometheus = new HttpCalls(pod.metrics(), "");
        return new String(prometheus.call("GET", "/metrics").raw().body(), UTF_8);
    }

    private static boolean leads(TestPod pod) {
        JsonNode store = pod.operator().call("GET", "/_miroir/topology").body().path("store");
        return store.path("role").asString().equalsIgnoreCase("leader");
    }
}
