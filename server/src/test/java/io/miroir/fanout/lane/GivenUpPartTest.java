package io.miroir.fanout.lane;

import static io.miroir.fanout.lane.SharedTurns.accepted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.ReadLevel;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import io.miroir.store.replica.ShardState;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A write of two shards, of which node b is sent one only, as it is out for the other. Then node a
 * is lost, and what b has counts for both (protocol, rules 5 and 18).
 */
class GivenUpPartTest {
    private static final int SHARD = Rendezvous.shard("1", 4);
    private static final String BOTH = "[{\"id\":1},{\"id\":" + SharedTurns.elsewhere() + "}]";

    @TempDir Path directory;

    private SharedTurns turns;
    private LaneFixture pod;

    @BeforeEach
    void open() throws Exception {
        turns = new SharedTurns(directory);
        pod = turns.pod;
        pod.follower.start();
        turns.await(0, TaskStatus.SUCCEEDED);
        pod.down("b");
        long missed = pod.write("[{\"id\":1}]", null);
        pod.up("b");
        turns.await(missed, TaskStatus.SUCCEEDED);
        turns.awaitOut("b");
        turns.nodes.fresh = (_, _) -> "enqueued";
    }

    @AfterEach
    void close() {
        turns.close();
    }

    private long written() throws Exception {
        long uid = pod.write(BOTH, null);
        assertEquals(Set.of("a", "b"), accepted(turns.task(uid)).keySet());
        return uid;
    }

    /** Of the shard for which b is out. */
    private void mark(String node, ShardState state) {
        long incarnation = pod.index().row().incarnation();
        ReplicaRow row = pod.store.replicas().get(ReadLevel.LOCAL, incarnation, node).orElseThrow();
        ReplicaRow marked =
                new ReplicaRow(incarnation, node, row.states().with(SHARD, state), row.version());
        assertInstanceOf(
                Replicas.Mark.Marked.class,
                pod.store.replicas().markAll(List.of(marked)).orThrow());
        pod.view.catchUp();
    }

    private void takeOver(String lost, String kept) {
        mark(lost, ShardState.OUT);
        mark(kept, ShardState.IN_SYNC);
        turns.nodes.of(lost).clear();
        turns.nodes.end(kept, "succeeded");
    }

    private void assertIndeterminate(long uid) throws InterruptedException {
        turns.await(uid, TaskStatus.FAILED);
        String error = String.valueOf(turns.task(uid).errorJson());
        assertTrue(error.contains("miroir_indeterminate"), error);
    }

    /** It did what it was sent, and the other part is nowhere. */
    @Test
    void whatTheKeptNodeWasNotSentIsNotTold() throws Exception {
        long uid = written();
        takeOver("a", "b");
        assertIndeterminate(uid);
    }

    @Test
    void theNextOwnerKnowsWhatTheKeptNodeWasSent() throws Exception {
        long uid = written();
        pod.follower.forget("i");
        takeOver("a", "b");
        try (TaskFollower next = pod.anotherFollower()) {
            next.start();
            new Lane("i", pod.context, next, pod.alone, pod.counters).resume(() -> true);
            assertIndeterminate(uid);
        }
    }

    /** What is copied to is sent what is written meanwhile: once it is in sync it can tell. */
    @Test
    void whatLaggedWasSentItToo() throws Exception {
        mark("b", ShardState.LAGGING);
        long uid = written();
        takeOver("a", "b");
        turns.await(uid, TaskStatus.SUCCEEDED);
    }

    /** An earlier program did not keep it: then a node was sent what the layout gives it. */
    @Test
    void whoseBindDoesNotSayIsJudgedByTheLayout() {
        IndexView index = pod.index();
        Place place = new Place("i", pod.epoch(), 9, index.row().incarnation());
        Tracked task =
                new Tracked(
                        9,
                        place,
                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                        Details.of(Json.object()),
                        Map.of("b", 1L),
                        place.metadata());
        Tracked.Held held = task.held(Optional.of(index), index.topology());
        assertEquals(Map.of("b", ShardSet.all(4)), held.sent());
        assertEquals(Map.of("b", ShardSet.all(4).andNot(ShardSet.of(SHARD))), held.inSync());
    }
}
