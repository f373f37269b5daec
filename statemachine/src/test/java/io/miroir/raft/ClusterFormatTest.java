package io.miroir.raft;

import static io.miroir.raft.LaterProgram.BEFORE;
import static io.miroir.raft.LaterProgram.EARLIER;
import static io.miroir.raft.LaterProgram.FORMAT;
import static io.miroir.raft.LaterProgram.LATER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.raft.link.ProposingPod;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import io.miroir.store.engine.NewerFormatException;
import io.miroir.store.format.CommandFormats;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a group does with commands of a format that not all of its members know (rule 20). */
class ClusterFormatTest {
    private static final RaftStoreConfig.Tuning QUICK =
            new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20);

    /** So that a member that was away is sent the whole database. */
    private static final RaftStoreConfig.Tuning PURGING =
            new RaftStoreConfig.Tuning(300, 600, 50, 16 << 10);

    private final List<Throwable> ends = new CopyOnWriteArrayList<>();

    @TempDir Path dir;

    private static Reply<Boolean> propose(TaskStore store) {
        return store.aliases().delete("nobody");
    }

    private static void assertRefused(TaskStore store) {
        Reply.Refused<?> refused = assertInstanceOf(Reply.Refused.class, propose(store));
        assertInstanceOf(Refusal.Rejected.class, refused.refusal());
    }

    private void startAll(Group group) {
        for (String id : List.of("pod-a", "pod-b", "pod-c")) {
            group.start(id, LATER, ends);
        }
        // Ready, too: a leader that was just elected takes nothing yet.
        group.pod(group.awaitLeader()).barrier().orThrow();
    }

    private void assertEndedByTheFormat() {
        Group.await("the end of the earlier program", () -> !ends.isEmpty());
        assertInstanceOf(NewerFormatException.class, ends.getFirst());
        String why = String.valueOf(ends.getFirst().getMessage());
        assertTrue(why.contains("format " + FORMAT) && why.contains("up to " + BEFORE), why);
    }

    @Test
    void whatTheClusterHasNotAgreedOnIsNotLogged() throws Exception {
        try (Group group = new Group(dir, QUICK, 60_000)) {
            startAll(group);
            TaskStore leader = group.pod(group.awaitLeader());
            TaskStore follower = group.pod(group.follower());
            StoreStatus before;
            do {
                before = leader.status();
                assertRefused(leader);
                assertRefused(follower);
                assertSentPastTheCheckIsRefused(group, FORMAT);
                // An election would log an entry of its own.
            } while (leader.status().term() != before.term());
            assertEquals(before.appliedIndex(), leader.status().appliedIndex());

            // The room is for a leader's duty, but any pod's command is as good.
            assertEquals(FORMAT, follower.clusterFormat().raise(FORMAT).orThrow());
            assertTrue(follower.clusterFormat().atLeast(FORMAT));
            assertInstanceOf(Reply.Applied.class, propose(follower));
            assertInstanceOf(Reply.Applied.class, propose(leader));
            // What is later than what it says would pass a member that can't apply it.
            assertSentPastTheCheckIsRefused(group, BEFORE);

            // Never lowered, and not higher than the leader itself knows.
            assertEquals(FORMAT, leader.clusterFormat().raise(BEFORE).orThrow());
            assertInstanceOf(Reply.Refused.class, leader.clusterFormat().raise(FORMAT + 1));
            assertEquals(FORMAT, leader.status().formats().cluster());
            group.awaitEqual();
        }
        try (Group again = new Group(dir, QUICK, 60_000)) {
            startAll(again);
            assertInstanceOf(Reply.Applied.class, propose(again.pod("pod-a")));
        }
        assertEquals(List.of(), ends);
    }

    private static void assertSentPastTheCheckIsRefused(Group group, int said) throws Exception {
        Batch batch =
                Batch.newBuilder()
                        .addCommand(
                                Command.newBuilder()
                                        .setDeleteAlias(DeleteAlias.newBuilder().setName("a")))
                        .setFormat(said)
                        .build();
        RaftException refusal;
        do {
            refusal = refusal(group, batch);
            // Another pod may lead since it was looked up.
        } while (refusal instanceof NotLeaderException);
        assertInstanceOf(StateMachineException.class, refusal);
    }

    private static @Nullable RaftException refusal(Group group, Batch batch) throws Exception {
        String leader = group.awaitLeader();
        RaftStoreConfig config = group.config(leader);
        try (ProposingPod pod =
                new ProposingPod(leader, config.self().member().raftAddress(), config.groupId())) {
            return pod.propose(batch.toByteArray()).getException();
        }
    }

    @Test
    void aMemberThatMeetsWhatItDoesNotKnowStopsAndGoesOnWithTheLaterProgram() throws Exception {
        // Nobody raises before it has said that it knows; but if so, it must not skip anything.
        try (Group group = new Group(dir, QUICK, 60_000)) {
            startAll(group);
            group.stop("pod-c");
            group.start("pod-c", EARLIER, ends);
            TaskStore later = group.pod(awaitLeaderAmong(group, "pod-a", "pod-b"));
            later.clusterFormat().raise(FORMAT).orThrow();
            assertEndedByTheFormat();
            assertInstanceOf(Reply.Applied.class, propose(later));
            assertEquals(CommandFormats.FIRST, group.pod("pod-c").clusterFormat().current());

            group.stop("pod-c");
            ends.clear();
            TaskStore upgraded = group.start("pod-c", LATER, ends);
            group.awaitEqual();
            assertInstanceOf(Reply.Applied.class, propose(upgraded));
            assertEquals(List.of(), ends);

            // It has the row now: the earlier program does not even begin.
            group.stop("pod-c");
            NewerFormatException refused =
                    assertThrows(
                            NewerFormatException.class, () -> group.start("pod-c", EARLIER, ends));
            assertTrue(String.valueOf(refused.getMessage()).contains("newer program"));
            group.start("pod-c", LATER, ends);
            group.awaitEqual();
        }
    }

    @Test
    void aMemberThatIsSentTheWholeDatabaseStopsAsWell() throws Exception {
        try (Group group = new Group(dir, PURGING, 60_000)) {
            startAll(group);
            group.stop("pod-c");
            TaskStore later = group.pod(group.awaitLeader());
            later.clusterFormat().raise(FORMAT).orThrow();
            long raisedAt = later.status().appliedIndex();
            Group.await(
                    "the log to be purged",
                    () -> {
                        assertInstanceOf(Reply.Applied.class, propose(later));
                        return group.firstLogIndex(group.awaitLeader()) > raisedAt;
                    });
            group.start("pod-c", EARLIER, ends);
            assertEndedByTheFormat();
            group.stop("pod-c");
            ends.clear();
            group.start("pod-c", LATER, ends);
            group.awaitEqual();
        }
    }

    @Test
    void aNewcomerOfAnEarlierProgramIsNotLetIn() throws Exception {
        try (Group group = new Group(dir, QUICK, 60_000)) {
            startAll(group);
            group.pod(group.awaitLeader()).clusterFormat().raise(FORMAT).orThrow();
            Member newcomer = group.startNewcomer("pod-d");
            MemberOutcome.Refused refused =
                    assertInstanceOf(
                            MemberOutcome.Refused.class,
                            group.change(new MemberChange.Join(newcomer, BEFORE)));
            assertTrue(refused.why().contains("the program of pod-d"), refused.why());
            group.stop("pod-d");
        }
    }

    private static String awaitLeaderAmong(Group group, String... ids) {
        Group.await("another leader", () -> List.of(ids).contains(group.awaitLeader()));
        return group.awaitLeader();
    }
}
