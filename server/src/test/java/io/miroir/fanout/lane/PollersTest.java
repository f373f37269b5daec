package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeEndpoint;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.Nodes;
import io.miroir.store.task.TaskType;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Tasks are asked for as long as their node is one of the cluster, and no longer. */
class PollersTest {
    private static final long PATIENCE_SECONDS = 60;

    private record Ended(String node, NodeResult result) {}

    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final CountDownLatch unanswered = new CountDownLatch(3);
    private final Nodes nodes = Nodes.through(this::open, (_, _, _, _) -> {});
    private final Pollers pollers =
            new Pollers(
                    nodes,
                    new NodePoller.Listener() {
                        @Override
                        public void began(List<Tracked> tasks) {}

                        @Override
                        public void ended(Tracked task, String nodeId, NodeResult result) {
                            ended.add(new Ended(nodeId, result));
                        }
                    });

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
        Place place = new Place("movies", 3, 1, 5);
        return new Tracked(
                1,
                place,
                TaskType.DOCUMENT_DELETION,
                Details.of(Json.object()),
                Map.of("a", 7L),
                place.metadata());
    }

    private static NodeEndpoint nowhere(String id) {
        return new NodeEndpoint(id, null);
    }

    private Ended next() throws InterruptedException {
        Ended end = ended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(end);
        return end;
    }

    /** Whoever has no address yet may have done what it took: it is not lost. */
    @Test
    void aNodeWithoutAnAddressIsWaitedFor() throws Exception {
        nodes.become(List.of(nowhere("a")));
        pollers.start();
        pollers.follow(task());
        assertTrue(unanswered.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertNull(ended.peek());
        nodes.become(List.of(new NodeEndpoint("a", URI.create("http://a"))));
        assertInstanceOf(NodeResult.Succeeded.class, next().result());
    }

    @Test
    void aNodeThatComesLaterIsAsked() throws Exception {
        pollers.start();
        pollers.follow(task());
        assertInstanceOf(NodeResult.Lost.class, next().result());
        nodes.become(List.of(new NodeEndpoint("a", URI.create("http://a"))));
        pollers.follow(task());
        assertInstanceOf(NodeResult.Succeeded.class, next().result());
    }

    @Test
    void whatANodeThatIsGoneWasToDoIsLost() throws Exception {
        nodes.become(List.of(nowhere("a"), nowhere("b")));
        pollers.start();
        pollers.follow(task());
        nodes.become(List.of(nowhere("b")));
        Ended end = next();
        assertEquals("a", end.node());
        assertInstanceOf(NodeResult.Lost.class, end.result());
    }
}
