package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.duty.FullJobs;
import io.miroir.fanout.NodeReply;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.Jobs;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When it is noted that nodes may keep an index that goes (ADR 0025). */
class DropJobsTest {
    @TempDir Path directory;

    private LaneFixture pod;
    private TaskNodes nodes;
    private long incarnation;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        nodes = new TaskNodes(pod);
        pod.write("[{\"id\":1}]", null);
        incarnation = pod.index().row().incarnation();
    }

    @AfterEach
    void close() {
        pod.close();
    }

    private Optional<JobRow> noted() {
        List<JobRow> jobs = pod.store.jobs().list(ReadLevel.LOCAL, null, Jobs.LIST_LIMIT_MAX);
        assertTrue(
                jobs.stream().allMatch(job -> DropJobs.incarnation(job) == incarnation),
                jobs::toString);
        return jobs.stream().findFirst();
    }

    private boolean waits() {
        JobRow.Dates dates = noted().orElseThrow().dates();
        return dates.readyAt() > dates.enqueuedAt();
    }

    private void delete() throws Exception {
        long _ = pod.run(Operation.INDEX_DELETE, "", null);
    }

    @Test
    void whereAllNodesDoItNothingIsNoted() throws Exception {
        pod.follower.start();
        delete();
        LaneFixture.await(() -> pod.tasks().stream().allMatch(task -> task.status().terminal()));
        assertEquals(Optional.empty(), noted());
    }

    /** Shows: it is known before the index leaves the catalogue; later it would be too late. */
    @Test
    void aNodeThatIsDownIsNotedBeforeTheIndexIsGone() throws Exception {
        pod.down("a");
        boolean[] noted = new boolean[1];
        pod.bind =
                command -> {
                    noted[0] = noted().isPresent();
                    return pod.boundByStore(command);
                };
        delete();
        assertTrue(noted[0]);
        assertEquals(Optional.empty(), pod.store.indexes().get(ReadLevel.LOCAL, "i"));
        assertTrue(!waits(), "nothing is on its way to it");
    }

    /** Shows: of a request whose answer is lost nobody knows when it comes. */
    @Test
    void aNodeThatMayStillBeToldIsLookedAtLater() throws Exception {
        pod.node =
                (id, _) ->
                        id.equals("a")
                                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence")
                                : pod.accepted();
        delete();
        assertTrue(waits());
    }

    /** Shows: a node that took it and did not do it, also where it was canceled there. */
    @Test
    void aNodeThatDidNotDoItIsNoted() throws Exception {
        nodes.fresh = (node, _) -> node.equals("a") ? "failed" : "succeeded";
        pod.follower.start();
        delete();
        LaneFixture.await(() -> pod.tasks().stream().allMatch(task -> task.status().terminal()));
        assertTrue(noted().isPresent());
    }

    /** Shows: whoever runs the lane next goes on, and does not know who was told what. */
    @Test
    void whatALostOwnerWasToDeleteIsNoted() throws Exception {
        pod.bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertThrows(ApiException.class, this::delete);
        assertEquals(Optional.empty(), noted());
        boolean[] noted = new boolean[1];
        pod.bind =
                command -> {
                    noted[0] |= noted().isPresent();
                    Reply<Binding> reply = pod.boundByStore(command);
                    return reply;
                };
        pod.write("[{\"id\":2}]", null);
        assertTrue(noted[0]);
        assertTrue(waits());
        assertTrue(pod.index().row().incarnation() > incarnation);
    }

    /** Shows: an index that never came to be, of which a node may have something. */
    @Test
    void anIndexThatNoQuorumTookIsNoted() {
        incarnation++;
        Lane other = new Lane("j", pod.context, pod.follower, pod.alone, pod.counters);
        pod.node =
                (id, _) ->
                        id.equals("a")
                                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence")
                                : LaneFixture.refused();
        assertThrows(
                ApiException.class,
                () ->
                        other.run(
                                LaneFixture.request(Operation.INDEX_CREATE, "j", null),
                                pod.body(""),
                                () -> true));
        assertTrue(waits());
    }

    /** Shows: a node whose replicas go out meanwhile is not followed, whatever it was told. */
    @Test
    void aNodeThatGoesOutDuringTheWriteIsNoted() throws Exception {
        pod.bind =
                command -> {
                    pod.bind = pod::boundByStore;
                    assertEquals(Optional.empty(), noted());
                    putOut("a");
                    return pod.boundByStore(command);
                };
        delete();
        assertTrue(noted().isPresent());
        assertEquals(Optional.empty(), pod.store.indexes().get(ReadLevel.LOCAL, "i"));
    }

    private void putOut(String node) {
        ReplicaRow row = pod.store.replicas().get(ReadLevel.LOCAL, incarnation, node).orElseThrow();
        ShardStates out = ShardStates.all(row.states().shards(), ShardState.OUT);
        ReplicaRow marked = new ReplicaRow(incarnation, node, out, row.version());
        assertInstanceOf(Mark.Marked.class, pod.store.replicas().mark(marked).orThrow());
        pod.view.catchUp();
    }

    /** Shows: a table without room keeps no index from going, and no job is let in beyond half. */
    @Test
    void whereThereIsNoRoomTheIndexGoesAllTheSame() throws Exception {
        FullJobs.in(pod.store);
        pod.store.jobs().delete(FullJobs.OTHER).orThrow();
        pod.down("a");
        delete();
        assertEquals(Optional.empty(), noted());
        assertEquals(Optional.empty(), pod.store.indexes().get(ReadLevel.LOCAL, "i"));
    }
}
