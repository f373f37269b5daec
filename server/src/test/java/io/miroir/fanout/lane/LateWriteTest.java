package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.replica.ShardState;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A write whose lane is taken over before its bind (protocol, rules 3 and 4). */
class LateWriteTest {
    @TempDir Path directory;

    private LaneFixture pod;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
    }

    @AfterEach
    void close() {
        pod.close();
    }

    /** Takes the lane over in the middle of a bind, as another pod would. */
    private void whenTakenOver(BiConsumer<Bind, Long> settle) {
        pod.bind =
                command -> {
                    pod.bind = pod::boundByStore;
                    Claim claim = pod.store.lanes().claim("i", "other").orThrow();
                    settle.accept(command, assertInstanceOf(Claim.Claimed.class, claim).epoch());
                    return pod.boundByStore(command);
                };
    }

    private void boundByOther(Bind command, long epoch) {
        boundByOther(command, epoch, command.accepted());
    }

    private void boundByOther(Bind command, long epoch, Map<String, Long> found) {
        Bind theirs =
                new Bind(
                        "i",
                        epoch,
                        command.position(),
                        command.type(),
                        command.detailsJson(),
                        found,
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        List.of(),
                        null);
        assertInstanceOf(Binding.Bound.class, pod.boundByStore(theirs).orThrow());
    }

    private void abandonedByOther(Bind command, long epoch) {
        pod.store.lanes().abandon("i", epoch, command.position(), "no node has it").orThrow();
    }

    /** Rule 3: the new owner found it and made it a task, so that is the client's task. */
    @Test
    void aWriteThatTheNextOwnerBindsIsAcknowledgedAsItsTask() throws Exception {
        pod.write("[{\"id\":1}]", null);
        whenTakenOver(this::boundByOther);
        assertEquals(1, pod.write("[{\"id\":2}]", null));
        assertEquals(2, pod.tasks().size());
        assertEquals(0, pod.openIntents().size());
        IndexView index = pod.view.index("i").orElseThrow();
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.IN_SYNC, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
    }

    /**
     * Rule 4: nodes took it after the new owner had looked; nobody may say that it is not there.
     */
    @Test
    void aWriteThatTheNextOwnerGaveUpIsIndeterminate() throws Exception {
        pod.write("[{\"id\":1}]", null);
        whenTakenOver(this::abandonedByOther);
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        whenTakenOver((_, _) -> {});
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        // Nobody knows which of the nodes had it when the new owner looked: one of them is right.
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.IN_SYNC, pod.index().state("a", shard));
        assertEquals(ReplicaState.OUT, pod.index().state("b", shard));
    }

    /** Rule 4: it may have come behind what the new owner sent since. */
    @Test
    void aNodeOnWhichTheNextOwnerDidNotFindItIsOut() throws Exception {
        pod.write("[{\"id\":1}]", null);
        whenTakenOver((command, epoch) -> boundByOther(command, epoch, Map.of("b", 1L)));
        assertEquals(1, pod.write("[{\"id\":2}]", null));
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.OUT, pod.index().state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, pod.index().state("b", shard));
    }

    /**
     * Rules 4 and 18: it took the write late, and so would be put out; but it is the last one,
     * since the new owner put out the other for a task that this pod does not know the end of.
     */
    @Test
    void aReplicaThatTookAWriteLateStaysWhereItIsTheLast() throws Exception {
        long first = pod.write("[{\"id\":1}]", null);
        int shard = Rendezvous.shard("2", 4);
        long incarnation = pod.view.index("i").orElseThrow().row().incarnation();
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        pod.node =
                (id, request) ->
                        id.equals("b")
                                ? new NodeReply.Refusal(403, "invalid_api_key", "no", refusal)
                                : pod.accepted();
        whenTakenOver(
                (command, epoch) -> {
                    abandonedByOther(command, epoch);
                    var out = new IndexEffect.ReplicasOut(incarnation, "b", List.of(shard));
                    Finish end =
                            Finish.of(first, epoch, TaskStatus.SUCCEEDED, null, null, List.of(out));
                    pod.store.tasks().finish(end).orThrow();
                });
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        var replicas = pod.store.replicas().of(ReadLevel.LOCAL, incarnation);
        assertEquals(ShardState.IN_SYNC, replicas.getFirst().states().get(shard));
        assertEquals(ShardState.OUT, replicas.getLast().states().get(shard));
    }

    /** An index that was given up has a name that is never used again: the request begins anew. */
    @Test
    void anIndexThatTheNextOwnerGaveUpIsAskedForAgain() throws Exception {
        whenTakenOver(this::abandonedByOther);
        WriteRequest create = LaneFixture.request(Operation.INDEX_CREATE, "i", null);
        assertTrue(pod.lane.run(create, pod.body("{\"uid\":\"i\"}"), () -> true).isEmpty());
    }
}
