package io.miroir.cluster.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.lane.BoundWrites;
import io.miroir.store.TaskStore;
import io.miroir.store.lane.Lanes;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Whether a node has lost tasks that it took (protocol, rule 15). */
class IdentityCheckTest {
    @TempDir Path directory;

    private TaskStore store;
    private Nodes nodes;
    private long epoch;
    private long latest;
    private Runnable onAnswer = () -> {};

    @BeforeEach
    void open() {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        epoch =
                assertInstanceOf(Lanes.Claim.Claimed.class, store.lanes().claim("i", "p").orThrow())
                        .epoch();
        nodes = Nodes.over(Map.of("a", this::tasks), (_, _, _, _) -> {});
    }

    @AfterEach
    void close() {
        nodes.close();
        store.close();
    }

    private NodeReply tasks(NodeRequest request) {
        assertEquals("/tasks?limit=1", request.target());
        ObjectNode answer = Json.object();
        answer.putArray("results").addObject().put("uid", latest);
        onAnswer.run();
        return new NodeReply.Answer(200, answer);
    }

    /** A write that the node takes, and that is bound. */
    private void write() {
        latest++;
        BoundWrites.bind(store, "i", epoch, Map.of("a", latest), Map.of());
    }

    private boolean tasksLost(long sinceTask) {
        return IdentityCheck.tasksLost(store, new NodeMarks(nodes), "a", sinceTask);
    }

    @Test
    void aNodeWhoseLatestTaskIsBeforeOneThatItTookHasLostIt() {
        write();
        write();
        assertFalse(tasksLost(-1));
        latest--;
        assertTrue(tasksLost(-1));
        // Both were taken in a life before.
        assertFalse(tasksLost(1));
    }

    /** Taking it for lost would put out all that the node has, its only copies with it. */
    @Test
    void whatIsTakenWhileItAnswersIsNotLost() {
        write();
        onAnswer = this::write;
        assertFalse(tasksLost(-1));
    }
}
