package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.api.Json;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node says of its tasks counts only if they are ours (protocol, rule 15). */
class NodePollerTest {
    private final EndedTasks ended = new EndedTasks();
    private final AtomicInteger polls = new AtomicInteger();
    private volatile String results = "";
    private volatile int asked;
    private final NodePoller poller =
            new NodePoller("a", Nodes.over(Map.of("a", this::tasks), (_, _, _, _) -> {}), ended);

    @AfterEach
    void stop() {
        poller.close();
    }

    private NodeReply tasks(NodeRequest request) {
        polls.incrementAndGet();
        asked = request.target().split(",", -1).length;
        if (results.equals("bug")) {
            throw new IllegalStateException("a bug");
        }
        return new NodeReply.Answer(200, Json.parse("{\"results\":[" + results + "]}"));
    }

    private static String told(String index, String metadata, String status) {
        return "{\"uid\":7,\"indexUid\":\"%s\",\"customMetadata\":\"%s\",\"status\":\"%s\",\"details\":{}}"
                .formatted(index, metadata, status);
    }

    private NodeResult result() throws InterruptedException {
        return ended.next().result();
    }

    @Test
    void aTaskOfOursEnds() throws Exception {
        Tracked task = EndedTasks.task(1, 1);
        results = told("m5", task.marked(), "succeeded");
        poller.follow(7, task);
        poller.start();
        assertInstanceOf(NodeResult.Succeeded.class, result());
    }

    @Test
    void aTaskOfAnotherIndexOrPlaceIsNotOurs() throws Exception {
        Tracked task = EndedTasks.task(1, 1);
        results = told("m5", "miroir:3:2:movies", "succeeded");
        poller.follow(7, task);
        poller.start();
        assertInstanceOf(NodeResult.Lost.class, result());
        results = told("m6", task.marked(), "succeeded");
        poller.follow(7, task);
        assertInstanceOf(NodeResult.Lost.class, result());
        results = "";
        poller.follow(7, task);
        assertInstanceOf(NodeResult.Lost.class, result());
    }

    /** However often the node is asked meanwhile. */
    @Test
    void thatANodeWorksOnATaskIsToldOnce() throws Exception {
        Tracked task = EndedTasks.task(1, 1);
        results = told("m5", task.marked(), "processing");
        poller.follow(7, task);
        poller.start();
        int before = polls.get();
        LaneFixture.await(() -> polls.get() >= before + 4);
        assertEquals(1, ended.begun());
        results = told("m5", task.marked(), "succeeded");
        assertInstanceOf(NodeResult.Succeeded.class, result());
    }

    /** Shows: while a node works on a task of ours, its end is seen soon; while all wait, later. */
    @Test
    void theWaitIsShortWhileANodeWorks() {
        assertEquals(10, NodePoller.pauseMillis(NodePoller.Seen.NEWS, 90_000, 500));
        long working = 10;
        long waiting = 10;
        for (int i = 0; i < 20; i++) {
            working = NodePoller.pauseMillis(NodePoller.Seen.WORK, 1_750, working);
            waiting = NodePoller.pauseMillis(NodePoller.Seen.NOTHING, 0, waiting);
        }
        assertEquals(35, working);
        assertEquals(500, waiting);
        assertEquals(35, NodePoller.pauseMillis(NodePoller.Seen.WORK, 0, waiting));
    }

    /** Shows: the longer a node works on a task, the less often it is looked at, up to a bound. */
    @Test
    void theWaitGrowsWithTheWork() {
        assertEquals(52, NodePoller.pauseMillis(NodePoller.Seen.WORK, 10_000, 35));
        assertEquals(200, NodePoller.pauseMillis(NodePoller.Seen.WORK, 10_000, 200));
        assertEquals(500, NodePoller.pauseMillis(NodePoller.Seen.WORK, 3_600_000, 500));
    }

    /** Shows: a node that is asked often is asked for few, and for all once one of them ended. */
    @Test
    void aNodeThatWorksIsAskedForTheOldest() throws Exception {
        Tracked task = EndedTasks.task(1, 1);
        results = told("m5", task.marked(), "processing") + others(8, 56, task);
        for (long uid = 7; uid < 57; uid++) {
            poller.follow(uid, task);
        }
        poller.start();
        awaitAsked(10);
        results = told("m5", task.marked(), "succeeded") + others(8, 56, task);
        assertInstanceOf(NodeResult.Succeeded.class, result());
        awaitAsked(49);
    }

    private static String others(long first, long last, Tracked task) {
        StringBuilder all = new StringBuilder();
        for (long uid = first; uid <= last; uid++) {
            all.append(',')
                    .append(
                            told("m5", task.marked(), "enqueued")
                                    .replace("\"uid\":7", "\"uid\":" + uid));
        }
        return all.toString();
    }

    private void awaitAsked(int count) throws InterruptedException {
        LaneFixture.await(() -> asked == count);
    }

    /** A node that gives a number a second time began anew: what it had before is gone. */
    @Test
    void aNumberThatIsGivenTwiceIsTheEndOfTheFirst() throws Exception {
        Tracked first = EndedTasks.task(1, 1);
        Tracked second = EndedTasks.task(2, 2);
        poller.follow(7, first);
        poller.follow(7, second);
        EndedTasks.Ended end = ended.next();
        assertEquals(first, end.task());
        assertInstanceOf(NodeResult.Lost.class, end.result());
    }

    /** Also for somebody who had the poller in hand when its node went. */
    @Test
    void aNodeThatIsGoneHasLostWhatItWasToDo() throws Exception {
        poller.follow(7, EndedTasks.task(1, 1));
        poller.giveUp();
        assertInstanceOf(NodeResult.Lost.class, result());
        poller.follow(8, EndedTasks.task(2, 2));
        assertInstanceOf(NodeResult.Lost.class, result());
    }

    /** A lane that is let go and claimed again follows the same task under a later epoch. */
    @Test
    void forgettingAnEarlierEpochKeepsTheLaterOne() throws Exception {
        Tracked later = EndedTasks.task(1, 1);
        Tracked earlier =
                new Tracked(
                        1,
                        new Place("movies", 2, 1, 5),
                        later.type(),
                        later.details(),
                        later.accepted(),
                        later.marked());
        poller.follow(7, earlier);
        poller.follow(7, later);
        poller.forget(7, earlier);
        results = told("m5", later.marked(), "succeeded");
        poller.start();
        assertInstanceOf(NodeResult.Succeeded.class, result());
    }

    @Test
    void aBugDoesNotEndTheFollowing() throws Exception {
        Tracked task = EndedTasks.task(1, 1);
        results = "bug";
        poller.follow(7, task);
        poller.start();
        LaneFixture.await(() -> polls.get() >= 2);
        results = told("m5", task.marked(), "succeeded");
        assertInstanceOf(NodeResult.Succeeded.class, result());
    }
}
