package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeEndpoint;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.Nodes;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Tasks are asked for as long as their node is one of the cluster, and no longer. */
class PollersTest {
    private static final long PATIENCE_SECONDS = 60;

    private final EndedTasks ended = new EndedTasks();
    private final CountDownLatch unanswered = new CountDownLatch(3);
    private final Nodes nodes = Nodes.through(this::open, (_, _, _, _) -> {});
    private final Pollers pollers = new Pollers(nodes, ended);

    @AfterEach
    void stop() {
        pollers.close();
    }

    /** Without an address it does not answer; with one it has done its task. */
    private NodeClient open(NodeEndpoint node) {
        return _ -> {
            if (node.address() == null) {
                unanswered.countDown();
                return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "");
            }
            ObjectNode done = Json.object().put("uid", 7).put("indexUid", "m5");
            done.put("customMetadata", task().marked()).put("status", "succeeded");
            ObjectNode body = Json.object();
            body.putArray("results").add(done);
            return new NodeReply.Answer(200, body);
        };
    }

    private static Tracked task() {
        return EndedTasks.task(1, 1);
    }

    private static NodeEndpoint nowhere(String id) {
        return new NodeEndpoint(id, null);
    }

    /** Whoever has no address yet may have done what it took: it is not lost. */
    @Test
    void aNodeWithoutAnAddressIsWaitedFor() throws Exception {
        nodes.become(List.of(nowhere("a")));
        pollers.start();
        pollers.follow(task());
        assertTrue(unanswered.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertNull(ended.waiting());
        nodes.become(List.of(new NodeEndpoint("a", URI.create("http://a"))));
        assertInstanceOf(NodeResult.Succeeded.class, ended.next().result());
    }

    @Test
    void aNodeThatComesLaterIsAsked() throws Exception {
        pollers.start();
        pollers.follow(task());
        assertInstanceOf(NodeResult.Lost.class, ended.next().result());
        nodes.become(List.of(new NodeEndpoint("a", URI.create("http://a"))));
        pollers.follow(task());
        assertInstanceOf(NodeResult.Succeeded.class, ended.next().result());
    }

    @Test
    void whatANodeThatIsGoneWasToDoIsLost() throws Exception {
        nodes.become(List.of(nowhere("a"), nowhere("b")));
        pollers.start();
        pollers.follow(task());
        nodes.become(List.of(nowhere("b")));
        EndedTasks.Ended end = ended.next();
        assertEquals("a", end.nodeId());
        assertInstanceOf(NodeResult.Lost.class, end.result());
    }
}
