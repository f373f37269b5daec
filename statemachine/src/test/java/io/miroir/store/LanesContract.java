package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.session.Sessions;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lanes, intents and what tasks do to the catalogue, of every backend alike. */
public interface LanesContract {
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    @Test
    default void aBoundWriteIsTheLastOfItsSession() {
        // Read-your-writes: the command that gives the task its uid tells the session.
        long epoch = Writes.claim(store(), "session", "pod-a");
        long uid = boundUid(epoch, "session", "bound-1");
        assertEquals(uid, store().sessions().get(READ, "bound-1").orElseThrow().lastWriteTaskUid());
        long next = boundUid(epoch, "session", "bound-1");
        assertEquals(
                next, store().sessions().get(READ, "bound-1").orElseThrow().lastWriteTaskUid());
    }

    @Test
    default void aSessionRemembersItsOpenWritesAndNoOthers() {
        // Two indexes: what was written to the first must be seen, whatever was written since.
        long one = Writes.claim(store(), "open-1", "pod-a");
        long other = Writes.claim(store(), "open-2", "pod-a");
        long first = boundUid(one, "open-1", "open");
        long second = boundUid(other, "open-2", "open");
        assertEquals(List.of(first, second), pending("open"));
        store().tasks()
                .finish(
                        Finish.of(
                                first,
                                one,
                                TaskStatus.SUCCEEDED,
                                "{}",
                                null,
                                List.<IndexEffect>of()))
                .orThrow();
        long third = boundUid(other, "open-2", "open");
        assertEquals(List.of(second, third), pending("open"));
        for (int i = 0; i < Sessions.PENDING_MAX; i++) {
            boundUid(other, "open-2", "open");
        }
        List<Long> newest = pending("open");
        assertEquals(Sessions.PENDING_MAX, newest.size());
        assertTrue(newest.getFirst() > third, "the oldest are forgotten");
        // Being read, it loses none of them.
        store().sessions().touch("open").orThrow();
        assertEquals(newest, pending("open"));
    }

    @Test
    default void aSessionIsPinnedToTheGroupOfItsLastWrite() {
        long epoch = Writes.claim(store(), "pin", "pod-a");
        boundUid(epoch, "pin", "pin", 1);
        assertEquals(1, store().sessions().get(READ, "pin").orElseThrow().pinnedGroup());
        boundUid(epoch, "pin", "pin", 0);
        assertEquals(0, store().sessions().get(READ, "pin").orElseThrow().pinnedGroup());
        // Of a write that no group has wholly nobody knows where it is to be read.
        boundUid(epoch, "pin", "pin", null);
        assertEquals(0, store().sessions().get(READ, "pin").orElseThrow().pinnedGroup());
    }

    private List<Long> pending(String session) {
        return store().sessions().get(READ, session).orElseThrow().pending();
    }

    @Test
    default void aNewClaimFencesTheOldOwner() {
        // Rule 2 and 4: a deposed owner can neither intend, nor bind, nor abandon.
        long old = Writes.claim(store(), "fence", "pod-a");
        Lanes.Intention.Intended intended =
                Writes.intended(store(), Writes.intend("fence", old, null).choosing("sku"));
        long current = Writes.claim(store(), "fence", "pod-b");
        assertTrue(current > old);

        Lanes.Intention.Fenced fenced =
                assertInstanceOf(
                        Lanes.Intention.Fenced.class,
                        store().lanes().intend(Writes.intend("fence", old, null)).orThrow());
        assertEquals(new Lanes.Intention.Fenced("pod-b", current), fenced);
        assertInstanceOf(
                Lanes.Binding.Fenced.class,
                store().lanes()
                        .bind(Writes.bind("fence", old, intended.position(), Map.of(), List.of()))
                        .orThrow());
        assertInstanceOf(
                Lanes.Abandonment.Fenced.class,
                store().lanes().abandon("fence", old, intended.position(), "late").orThrow());

        // The next owner finds the open intent and binds it under its own epoch.
        List<IntentRow> left = store().lanes().openIntents(READ, "fence");
        assertEquals(1, left.size());
        assertEquals(List.of("node-0", "node-1"), left.getFirst().targets());
        assertEquals(List.of(1, 3), left.getFirst().shards());
        assertEquals("sku", left.getFirst().primaryKey());
        assertInstanceOf(
                Lanes.Binding.Bound.class,
                store().lanes()
                        .bind(
                                Writes.bind(
                                        "fence", current, intended.position(), Map.of(), List.of()))
                        .orThrow());
        assertTrue(store().lanes().openIntents(READ, "fence").isEmpty());
    }

    @Test
    default void taskUidsAreDenseAndPositionsCountUp() {
        // SDKs type uids as integers; the applier gives them out without gaps.
        long epoch = Writes.claim(store(), "dense", "pod-a");
        List<Long> uids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            uids.add(Writes.write(store(), "dense", epoch));
        }
        for (int i = 1; i < uids.size(); i++) {
            assertEquals(uids.get(0) + i, uids.get(i));
        }
        assertEquals(6, store().lanes().get(READ, "dense").orElseThrow().nextPosition());
    }

    @Test
    default void anIdempotencyKeyIsOneWrite() {
        // Rule 2: pending while intended, its task once bound, refused with another body.
        long epoch = Writes.claim(store(), "idem", "pod-a");
        Intend intend = Writes.intend("idem", epoch, "key-1");
        Lanes.Intention.Intended intended = Writes.intended(store(), intend);
        assertEquals(
                new Lanes.Intention.Pending(intended.position(), epoch),
                store().lanes().intend(intend).orThrow());

        Lanes.Binding.Bound bound =
                (Lanes.Binding.Bound)
                        store().lanes()
                                .bind(
                                        Writes.bind(
                                                "idem",
                                                epoch,
                                                intended.position(),
                                                Map.of(),
                                                List.of()))
                                .orThrow();
        assertEquals(
                new Lanes.Intention.AlreadyBound(bound.taskUid()),
                store().lanes().intend(intend).orThrow());
        Intend otherBody =
                new Intend(
                        "idem",
                        epoch,
                        "documentAdditionOrUpdate",
                        "idem",
                        "cd".repeat(32),
                        "key-1",
                        1,
                        null,
                        Intend.ALLOT,
                        List.of(),
                        List.of());
        assertInstanceOf(
                Lanes.Intention.KeyReused.class, store().lanes().intend(otherBody).orThrow());
        // An owner whose answer was lost binds again and learns the task that it made.
        assertEquals(
                bound,
                store().lanes()
                        .bind(Writes.bind("idem", epoch, intended.position(), Map.of(), List.of()))
                        .orThrow());
        assertInstanceOf(
                Lanes.Binding.NotIntended.class,
                store().lanes()
                        .bind(
                                Writes.bind(
                                        "idem",
                                        epoch,
                                        intended.position() + 1,
                                        Map.of(),
                                        List.of()))
                        .orThrow());
    }

    @Test
    default void bindPutsTheReplicasOfMissedNodesOut() {
        // Promise 2: the command that acknowledges a write marks who did not take it.
        long epoch = Writes.claim(store(), "missed", "pod-a");
        Lanes.Intention.Intended first =
                Writes.intended(store(), Writes.intend("missed", epoch, null));
        long incarnation = first.incarnation();
        store().lanes()
                .bind(
                        Writes.bind(
                                "missed",
                                epoch,
                                first.position(),
                                Map.of("node-1", "timed out"),
                                List.of(Writes.created("missed", incarnation, "node-0", "node-1"))))
                .orThrow();

        assertEquals(
                ShardStates.all(4, ShardState.IN_SYNC),
                store().replicas().get(READ, incarnation, "node-0").orElseThrow().states());
        ReplicaRow out = store().replicas().get(READ, incarnation, "node-1").orElseThrow();
        assertEquals(ShardStates.all(4, ShardState.OUT), out.states());

        // A repair that began before another miss must not declare the replica in sync after it.
        Lanes.Intention.Intended second =
                Writes.intended(
                        store(),
                        new Intend(
                                "missed",
                                epoch,
                                "x",
                                "missed",
                                Writes.BODY,
                                null,
                                0,
                                null,
                                incarnation,
                                List.of("node-1"),
                                List.of()));
        assertEquals(incarnation, second.incarnation());
        store().lanes()
                .bind(
                        Writes.bind(
                                "missed",
                                epoch,
                                second.position(),
                                Map.of("node-1", "down"),
                                List.of()))
                .orThrow();
        ReplicaRow repaired =
                new ReplicaRow(
                        incarnation,
                        "node-1",
                        ShardStates.all(4, ShardState.IN_SYNC),
                        out.version());
        assertInstanceOf(Replicas.Mark.Changed.class, store().replicas().mark(repaired).orThrow());
        long version = store().replicas().get(READ, incarnation, "node-1").orElseThrow().version();
        assertInstanceOf(
                Replicas.Mark.Marked.class,
                store().replicas()
                        .mark(new ReplicaRow(incarnation, "node-1", repaired.states(), version))
                        .orThrow());
    }

    @Test
    default void aTerminalStatusNeverChanges() {
        long epoch = Writes.claim(store(), "final", "pod-a");
        long uid = Writes.write(store(), "final", epoch);
        assertInstanceOf(Tasks.Step.Stepped.class, store().tasks().started(uid, epoch).orThrow());
        assertInstanceOf(
                Tasks.Step.Fenced.class, store().tasks().started(uid, epoch + 1_000).orThrow());
        Finish end =
                Finish.of(
                        uid,
                        epoch,
                        TaskStatus.SUCCEEDED,
                        "{\"indexedDocuments\":1}",
                        null,
                        List.of());
        assertInstanceOf(Tasks.Step.Stepped.class, store().tasks().finish(end).orThrow());

        Finish other = Finish.of(uid, epoch, TaskStatus.FAILED, null, "{}", List.of());
        assertEquals(
                new Tasks.Step.AlreadyFinished(TaskStatus.SUCCEEDED),
                store().tasks().finish(other).orThrow());
        TaskRow row = store().tasks().get(READ, uid).orElseThrow();
        assertEquals(TaskStatus.SUCCEEDED, row.status());
        assertEquals("{\"indexedDocuments\":1}", row.detailsJson());
        assertEquals(Map.of("node-0", 7L), Objects.requireNonNull(row.origin()).accepted());
        assertTrue(store().tasks().unfinished(READ, "final").isEmpty());
    }

    /** Protocol, rule 5: who may not be read and that the task ended are told in one command. */
    @Test
    default void theEndOfATaskMarksReplicasOutUnderItsEpochOnly() {
        long epoch = Writes.claim(store(), "marks", "pod-a");
        Lanes.Intention.Intended intended =
                Writes.intended(store(), Writes.intend("marks", epoch, null));
        long inc = intended.incarnation();
        Lanes.Binding.Bound bound =
                (Lanes.Binding.Bound)
                        store().lanes()
                                .bind(
                                        Writes.bind(
                                                "marks",
                                                epoch,
                                                intended.position(),
                                                Map.of(),
                                                List.of(
                                                        Writes.created(
                                                                "marks", inc, "node-0", "node-1"))))
                                .orThrow();
        List<IndexEffect> out = List.of(new IndexEffect.ReplicasOut(inc, "node-1", List.of(1, 3)));
        Finish late =
                Finish.of(bound.taskUid(), epoch + 1_000, TaskStatus.SUCCEEDED, null, null, out);
        assertInstanceOf(Tasks.Step.Fenced.class, store().tasks().finish(late).orThrow());
        ShardStates all = ShardStates.all(4, ShardState.IN_SYNC);
        ReplicaRow before = store().replicas().get(READ, inc, "node-1").orElseThrow();
        assertEquals(all, before.states());

        Finish end = Finish.of(bound.taskUid(), epoch, TaskStatus.SUCCEEDED, null, null, out);
        assertInstanceOf(Tasks.Step.Stepped.class, store().tasks().finish(end).orThrow());
        ReplicaRow after = store().replicas().get(READ, inc, "node-1").orElseThrow();
        assertEquals(all.with(1, ShardState.OUT).with(3, ShardState.OUT), after.states());
        assertTrue(after.version() > before.version());
        assertEquals(all, store().replicas().get(READ, inc, "node-0").orElseThrow().states());
    }

    @Test
    default void effectsOfTasksChangeTheCatalogue() {
        long epoch = Writes.claim(store(), "cat", "pod-a");
        Lanes.Intention.Intended intended =
                Writes.intended(store(), Writes.intend("cat", epoch, null));
        long inc = intended.incarnation();
        Lanes.Binding.Bound bound =
                (Lanes.Binding.Bound)
                        store().lanes()
                                .bind(
                                        Writes.bind(
                                                "cat",
                                                epoch,
                                                intended.position(),
                                                Map.of(),
                                                List.of(Writes.created("cat", inc, "node-0"))))
                                .orThrow();
        store().tasks()
                .finish(
                        Finish.of(
                                bound.taskUid(),
                                epoch,
                                TaskStatus.SUCCEEDED,
                                null,
                                null,
                                List.of(
                                        new IndexEffect.PrimaryKeySet(inc, "isbn"),
                                        new IndexEffect.SettingsCommitted(
                                                inc, "{\"a\":1}", List.of(), List.of()))))
                .orThrow();
        IndexRow row = store().indexes().get(READ, "cat").orElseThrow();
        assertEquals("isbn", row.primaryKey());
        assertEquals(1, row.settingsVersion());
        assertEquals("{\"a\":1}", row.settingsJson());
        assertEquals("m" + inc, row.physicalUid());

        // Swap with a second index, then delete it by incarnation: names move, incarnations stay.
        long dogEpoch = Writes.claim(store(), "dog", "pod-a");
        Lanes.Intention.Intended dog =
                Writes.intended(store(), Writes.intend("dog", dogEpoch, null));
        store().lanes()
                .bind(
                        Writes.bind(
                                "dog",
                                dogEpoch,
                                dog.position(),
                                Map.of(),
                                List.of(
                                        Writes.created("dog", dog.incarnation(), "node-0"),
                                        new IndexEffect.Swapped(inc, dog.incarnation()),
                                        new IndexEffect.Renamed(inc, "hound"),
                                        new IndexEffect.Deleted(dog.incarnation()))))
                .orThrow();
        assertEquals(inc, store().indexes().get(READ, "hound").orElseThrow().incarnation());
        assertTrue(store().indexes().get(READ, "cat").isEmpty());
        assertTrue(store().indexes().get(READ, "dog").isEmpty());
        assertTrue(store().replicas().of(READ, dog.incarnation()).isEmpty());
        assertEquals(1, store().replicas().of(READ, inc).size());
    }

    private long boundUid(long epoch, String lane, String session) {
        return boundUid(epoch, lane, session, null);
    }

    private long boundUid(long epoch, String lane, String session, @Nullable Integer pinnedGroup) {
        Intend intend =
                new Intend(
                        lane,
                        epoch,
                        "k",
                        lane,
                        Writes.BODY,
                        null,
                        0,
                        session,
                        Intend.ALLOT,
                        List.of(),
                        List.of());
        long position = Writes.intended(store(), intend).position();
        Bind bind =
                Writes.pinned(Writes.bind(lane, epoch, position, Map.of(), List.of()), pinnedGroup);
        return assertInstanceOf(Lanes.Binding.Bound.class, store().lanes().bind(bind).orThrow())
                .taskUid();
    }
}
