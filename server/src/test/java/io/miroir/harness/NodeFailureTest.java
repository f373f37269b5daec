package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.fleet.ChildProcess;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
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
}
