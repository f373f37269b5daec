package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.ApiFailure;
import io.miroir.cli.client.HttpCaller;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.fanout.lane.Mark;
import io.miroir.trap.Trap;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod that runs a lane is killed with -9 when it is about to ask the nodes, and what it sent
 * comes to one of them when the next owner has long gone on (protocol, rule 4). The network that
 * holds it for so long is the test itself. Another pod is the owner, and finds it.
 */
@Tag("cluster")
class KilledOwnerTest {
    private static final String INDEX = "late";
    private static final Trap.Place SEND =
            new Trap.Place("io.miroir.fanout.lane.Dispatcher", "send");

    @TempDir static Path dir;
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        assumeTrue(Integer.getInteger("miroir.places", 1) > 1, "at night, or with -Dplaces=2");
        cluster =
                TestCluster.layOut(
                        dir, new FleetShape(3, 2, 1, 8, 1), PodImage.debuggable(Trap.POSSIBLE));
        cluster.fleet().start();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void whatAKilledPodSentIsUndoneWhenItComesLate() throws Exception {
        cluster.createIndex(INDEX, Json.object());
        write("first");
        try (PodTraps traps = PodTraps.in(cluster.fleet().pods(), SEND)) {
            Thread client = Thread.ofVirtual().start(KilledOwnerTest::writeWhatIsLost);
            FleetPod owner = traps.awaitHeld();
            owner.process().kill();
            traps.closeAllBut(owner);
            client.join();
        }
        write("last");
        FleetNode node = cluster.fleet().nodes().getFirst();
        ObjectNode document = (ObjectNode) document(node);
        assertEquals("last", document.path("t").asString());
        String documents = "/indexes/" + physicalUid() + "/documents?customMetadata=";
        String late = URLEncoder.encode(markOfTheLost(node), StandardCharsets.UTF_8);
        JsonNode body = Json.array().add(document.deepCopy().put("t", "lost"));
        ApiAnswer taken = ask(node, ApiCall.change("POST", documents + late, body));
        assertEquals(202, taken.status(), taken::toString);
        await(() -> document(node).path("t").asString().equals("lost"));
        await(() -> document(node).path("t").asString().equals("last"));
        await(() -> cluster.status().replicaStates(node, INDEX).keySet().equals(Set.of("in_sync")));
    }

    private static void write(String text) {
        ObjectNode document = Json.object().put("id", 1).put("t", text);
        cluster.api().change(ApiCall.documents(INDEX, Json.text(Json.array().add(document))));
    }

    /** The client asks another pod when this one is gone; it may be told that nobody knows. */
    private static void writeWhatIsLost() {
        try {
            write("asked for again");
        } catch (ApiFailure unknown) {
            System.out.println("the client is told: " + unknown.getMessage());
        }
    }

    /** The first write is the one before it. */
    private static String markOfTheLost(FleetNode node) {
        String target = "/tasks?limit=1000&reverse=true&types=documentAdditionOrUpdate&indexUids=";
        return ask(node, ApiCall.get(target + physicalUid()))
                .json()
                .path("results")
                .valueStream()
                .flatMap(task -> Mark.parse(task.path("customMetadata").asString("")).stream())
                .map(first -> "miroir:" + first.epoch() + ":" + (first.last() + 1) + ":" + INDEX)
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode document(FleetNode node) {
        return ask(node, ApiCall.get("/indexes/" + physicalUid() + "/documents/1")).json();
    }

    private static String physicalUid() {
        FleetPod pod =
                cluster.fleet().pods().stream()
                        .filter(each -> each.process().isAlive())
                        .findFirst()
                        .orElseThrow();
        try (HttpCaller http = new HttpCaller()) {
            String key = cluster.fleet().plan().keys().admin();
            ApiCall shards = ApiCall.get("/_miroir/shards");
            return http.call(pod.http(), key, shards, TestCluster.PATIENCE)
                    .json()
                    .path("indexes")
                    .path(INDEX)
                    .path("physical_uid")
                    .asString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ApiAnswer ask(FleetNode node, ApiCall call) {
        try (HttpCaller http = new HttpCaller()) {
            String key = cluster.fleet().plan().keys().node();
            return http.call(node.http(), key, call, TestCluster.PATIENCE);
        } catch (IOException e) {
            throw new AssertionError(call.toString(), e);
        }
    }

    private static void await(BooleanSupplier isSo) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TestCluster.PATIENCE.toNanos();
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() < giveUpNanos, "it does not come to that");
            Thread.sleep(20);
        }
    }
}
