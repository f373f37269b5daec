package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Protocol, rule 9: what is answered about a key holds on all pods. */
class KeysOnPodsTest {
    private static final int PODS = 3;
    private static final String VERSION = "/version";
    private static final String KEY =
            "{\"actions\": [\"version\"], \"indexes\": [\"*\"], \"expiresAt\": null}";

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 1, 1);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    @Test
    void aKeyOpensAllPodsOnceItIsMadeAndNoneOnceItIsRevoked() {
        for (int i = 0; i < 9; i++) {
            HttpCalls first = pods.get(i % PODS).client();
            JsonNode key = make(first);
            assertEquals(List.of(200, 200, 200), onAll(key), "made through pod " + i % PODS);
            HttpCalls second = pods.get((i + 1) % PODS).client();
            assertEquals(204, second.call("DELETE", named(key)).status());
            assertEquals(List.of(403, 403, 403), onAll(key), "revoked through another");
        }
    }

    @Test
    void allPodsBeginWithTheSameKeys() {
        JsonNode first =
                pods.getFirst()
                        .client()
                        .await("GET", "/keys", reply -> reply.body().path("total").asInt() > 0)
                        .body();
        assertEquals(4, first.path("total").asInt(), first::toString);
        for (TestPod pod : pods) {
            HttpCalls client = pod.client();
            client.await("GET", "/keys", reply -> reply.body().equals(first));
        }
    }

    /** A request that begins after the answer to the revocation is let in nowhere. */
    @Test
    void noRequestGetsInBehindARevocation() throws Exception {
        JsonNode key = make(pods.getFirst().client());
        AtomicBoolean revoked = new AtomicBoolean();
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> late = new ArrayList<>();
            for (TestPod pod : pods) {
                HttpCalls client = pod.client().with(key.path("key").asString());
                late.add(
                        threads.submit(
                                () -> {
                                    int letIn = 0;
                                    while (!stop.get()) {
                                        boolean before = !revoked.get();
                                        int status = client.call("GET", VERSION).status();
                                        letIn += !before && status == 200 ? 1 : 0;
                                    }
                                    return letIn;
                                }));
            }
            assertEquals(204, pods.get(1).client().call("DELETE", named(key)).status());
            revoked.set(true);
            assertEquals(List.of(403, 403, 403), onAll(key));
            stop.set(true);
            for (Future<Integer> letIn : late) {
                assertEquals(0, letIn.get());
            }
        }
    }

    @Test
    void ofTwoPodsThatMakeTheSameKeyOneIsTold() throws Exception {
        String body =
                "{\"uid\": \"6062abda-a5aa-4414-ac91-ecd7944c0f8d\", \"actions\": [\"*\"],"
                        + " \"indexes\": [\"*\"], \"expiresAt\": null}";
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (TestPod pod : pods) {
                HttpCalls client = pod.client();
                statuses.add(threads.submit(() -> client.call("POST", "/keys", body).status()));
            }
            List<Integer> sorted = new ArrayList<>();
            for (Future<Integer> status : statuses) {
                sorted.add(status.get());
            }
            sorted.sort(null);
            assertEquals(List.of(201, 409, 409), sorted);
        }
    }

    /**
     * Who can't hear of revocations lets no key in; the master key needs nobody, and what it reads
     * may be old, which is said (protocol, rule 9).
     */
    @Test
    void aPodWithoutContactLetsNoKeyIn() {
        pods.getFirst().client().done("POST", "/indexes/alone/documents", "[{\"id\": 1}]");
        JsonNode key = make(pods.getFirst().client());
        TestPod alone = pods.getLast();
        pods.removeFirst().close();
        pods.removeFirst().close();
        HttpCalls client = alone.client().with(key.path("key").asString());
        HttpCalls.Reply refused = client.await("GET", VERSION, reply -> reply.status() != 200);
        assertEquals(503, refused.status());
        assertEquals("miroir_stale_view", refused.body().path("code").asString());
        assertEquals(200, alone.client().call("GET", VERSION).status());
        HttpCalls.Reply keys = alone.client().call("GET", "/keys");
        assertTrue(keys.header("X-Miroir-Degraded").contains("stale-view"), keys.raw()::toString);
        HttpCalls.Reply found = alone.client().call("GET", "/indexes/alone/search");
        assertTrue(found.header("X-Miroir-Degraded").contains("stale-view"), found::toString);
        assertEquals(1, found.body().path("hits").size(), found::toString);
    }

    private static JsonNode make(HttpCalls client) {
        HttpCalls.Reply reply = client.call("POST", "/keys", KEY);
        assertEquals(201, reply.status(), reply.body()::toString);
        return reply.body();
    }

    private static String named(JsonNode key) {
        return "/keys/" + key.path("uid").asString();
    }

    private List<Integer> onAll(JsonNode key) {
        String value = key.path("key").asString();
        return pods.stream().map(pod -> pod.client().with(value).leased(VERSION).status()).toList();
    }
}
