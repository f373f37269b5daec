package io.miroir.harness;

import static io.miroir.harness.TrafficChecks.assertNothingLost;
import static io.miroir.harness.TrafficChecks.awaitWrites;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.demo.Traffic;
import io.miroir.cli.fleet.ChildProcess;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A node that is killed under load and comes back. */
@Tag("cluster")
class NodeFailureTest {
    private static final int BATCH = 30_000;

    @TempDir Path dir;

    /**
     * Protocol, rule 5: accepted is not applied. A node that is killed with a batch in hand goes on
     * with it when it is back; until then the task is not told to have ended.
     */
    @Test
    void aNodeThatDiesInTheMiddleOfABatchFinishesItWhenItIsBack() {
        try (TestCluster cluster = TestCluster.start(dir, new FleetShape(1, 2, 1, 8, 1))) {
            cluster.createIndex("batch", Json.object());
            ArrayNode batch = Json.array();
            for (int id = 0; id < BATCH; id++) {
                batch.addObject().put("id", id).put("t", "one of many, number " + id);
            }
            FleetNode node = cluster.fleet().nodes().getLast();
            ChildProcess process = Objects.requireNonNull(node.process());
            ApiAnswer accepted =
                    cluster.at(
                            cluster.fleet().pods().getFirst(),
                            ApiCall.documents("batch", Json.text(batch)));
            process.kill();
            assertEquals(202, accepted.status(), accepted.toString());
            process.start();
            cluster.fleet().awaitReady(node);

            JsonNode task = cluster.api().awaitTask(accepted.json().path("taskUid").asLong());

            assertEquals(
                    BATCH, task.path("details").path("indexedDocuments").asInt(), task::toString);
            assertEquals(
                    List.of((long) BATCH, (long) BATCH),
                    List.copyOf(cluster.status().documentsPerNode().values()));
            assertEquals(
                    List.of("in_sync"),
                    List.copyOf(cluster.status().replicaStates(node, "batch").keySet()));
        }
    }

    /**
     * Design, promises 1 and 2: no search fails, no acknowledged write is lost, and the replica
     * that missed writes is not read until it has them again; the one that missed none is.
     */
    @Test
    void searchesNeverFailAndWhatMissedWritesComesBack() throws Exception {
        try (TestCluster cluster = TestCluster.start(dir, new FleetShape(1, 2, 2, 8, 1))) {
            cluster.createWords("still", 60);
            cluster.createIndex(Traffic.WRITTEN_INDEX, Json.object());
            ApiCall search =
                    ApiCall.search(
                            "/indexes/still/search",
                            Json.object().put("q", "word").put("limit", 60));
            JsonNode hits = cluster.api().call(search).path("hits");
            assertEquals(60, hits.size());

            Traffic traffic = new Traffic(cluster.client(), System::nanoTime, "node");
            traffic.watch(search, hits);
            traffic.start();
            awaitWrites(traffic, 1);
            FleetNode node = cluster.fleet().nodes().get(2);
            ChildProcess process = Objects.requireNonNull(node.process());
            process.kill();
            awaitWrites(traffic, 20);
            Map<String, Integer> missed =
                    cluster.status().replicaStates(node, Traffic.WRITTEN_INDEX);
            assertTrue(missed.getOrDefault("out", 0) > 0, missed::toString);
            process.start();
            cluster.fleet().awaitReady(node);
            awaitWrites(traffic, 20);
            awaitInSync(cluster, node);
            traffic.stop();

            assertNothingLost(cluster, traffic);
            awaitInSync(cluster, node);
            assertEquals(
                    List.of("in_sync"),
                    List.copyOf(cluster.status().replicaStates(node, "still").keySet()));
        }
    }

    private static void awaitInSync(TestCluster cluster, FleetNode node)
            throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TestCluster.PATIENCE.toNanos();
        while (true) {
            Map<String, Integer> states =
                    cluster.status().replicaStates(node, Traffic.WRITTEN_INDEX);
            if (states.keySet().equals(Set.of("in_sync"))) {
                return;
            }
            assertTrue(System.nanoTime() - giveUpNanos < 0, states::toString);
            Thread.sleep(50);
        }
    }
}
