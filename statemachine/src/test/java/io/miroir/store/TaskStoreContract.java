package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.apikey.ApiKeyRow;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskPage;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.miroir.store.topology.Topologies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every backend does alike. Each test uses lanes and names of its own: the store is shared.
 */
public abstract class TaskStoreContract
        implements JobsContract, SessionsContract, AccountsContract {
    private static final ReadLevel READ = ReadLevel.LINEARIZABLE;

    @Override
    public abstract TaskStore store();

    @Test
    void aNewClaimFencesTheOldOwner() {
        // Rule 2 and 4: a deposed owner can neither intend, nor bind, nor abandon.
        long old = Writes.claim(store(), "fence", "pod-a");
        Lanes.Intention.Intended intended =
                Writes.intended(store(), Writes.intend("fence", old, null));
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
        assertEquals(1, store().lanes().openIntents(READ, "fence").size());
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
    void taskUidsAreDenseAndPositionsCountUp() {
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
    void anIdempotencyKeyIsOneWrite() {
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
    void bindPutsTheReplicasOfMissedNodesOut() {
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
                                List.of("node-1")));
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
    void aTerminalStatusNeverChanges() {
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

    @Test
    void effectsOfTasksChangeTheCatalogue() {
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
                                        new IndexEffect.SettingsCommitted(inc, "{\"a\":1}"))))
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

    @Test
    void tasksAreListedWithFiltersPagesAndTotal() {
        // GET /tasks: newest first, `from` inclusive, `next` names the next page, total ignores it.
        long first = newTask("list-a", TaskType.INDEX_CREATION, null);
        newTask("list-b", TaskType.DUMP_CREATION, TaskStatus.SUCCEEDED);
        newTask("list-a", TaskType.SETTINGS_UPDATE, TaskStatus.FAILED);
        long last = newTask("list-a", TaskType.INDEX_UPDATE, null);

        TaskPage page = store().tasks().list(READ, query(Set.of("list-a"), null, null, 2, false));
        assertEquals(3, page.total());
        assertEquals(2, page.tasks().size());
        assertEquals(last, page.tasks().getFirst().uid());
        assertEquals(first, page.next());
        TaskPage rest =
                store().tasks().list(READ, query(Set.of("list-a"), null, page.next(), 2, false));
        assertEquals(List.of(first), rest.tasks().stream().map(TaskRow::uid).toList());
        assertEquals(null, rest.next());
        TaskPage reverse =
                store().tasks().list(READ, query(Set.of("list-a"), null, first + 1, 9, true));
        assertEquals(2, reverse.tasks().size());
        assertEquals(3, reverse.total());
        TaskPage failed =
                store().tasks()
                        .list(
                                READ,
                                query(
                                        Set.of("list-a", "list-b"),
                                        Set.of(TaskStatus.FAILED),
                                        null,
                                        9,
                                        false));
        assertEquals(1, failed.total());
        assertEquals(0, store().tasks().list(READ, query(Set.of(), null, null, 9, false)).total());

        long enqueued = page.tasks().getFirst().dates().enqueuedAt();
        TaskQuery before =
                new TaskQuery(
                        null,
                        null,
                        null,
                        Set.of(TaskType.INDEX_UPDATE),
                        Set.of("list-a"),
                        null,
                        new TaskQuery.DateBounds(enqueued - 1, enqueued + 1),
                        TaskQuery.DateBounds.OPEN,
                        TaskQuery.DateBounds.OPEN,
                        null,
                        9,
                        false);
        assertEquals(1, store().tasks().list(READ, before).total());

        // Only finished tasks are forgotten.
        List<Long> all = List.of(first, first + 1, first + 2, last);
        assertEquals(2, store().tasks().delete(all).orThrow());
        assertTrue(store().tasks().get(READ, first).isPresent());
        assertTrue(store().tasks().get(READ, first + 2).isEmpty());
    }

    @Test
    void anAliasFlipsByComparingItsVersion() {
        Aliases aliases = store().aliases();
        assertEquals(
                new Aliases.Flip.Flipped(1),
                aliases.flip("live", AliasRow.Kind.SINGLE, List.of("v1"), 0).orThrow());
        assertEquals(
                new Aliases.Flip.Changed(1),
                aliases.flip("live", AliasRow.Kind.SINGLE, List.of("v2"), 0).orThrow());
        assertEquals(
                new Aliases.Flip.Flipped(2),
                aliases.flip("live", AliasRow.Kind.SINGLE, List.of("v2"), 1).orThrow());
        int historyMax = store().limits().get(READ).limits().aliasHistoryMax();
        for (int i = 0; i < historyMax + 3; i++) {
            aliases.flip("live", AliasRow.Kind.MULTI, List.of("a", "b" + i), Aliases.ANY_VERSION)
                    .orThrow();
        }
        AliasRow row = aliases.get(READ, "live").orElseThrow();
        assertEquals(List.of("a", "b12"), row.targets());
        assertEquals(historyMax, row.history().size());
        assertEquals(List.of("a", "b11"), row.history().getFirst().targets());
        assertTrue(aliases.delete("live").orThrow());
        assertFalse(aliases.delete("live").orThrow());
    }

    @Test
    void keyedRowsAreWrittenReadAndDeleted() {
        ApiKeyRow key =
                new ApiKeyRow("k1", "n", null, List.of("search"), List.of("movies*"), null, 0, 0);
        assertInstanceOf(Table.Put.Written.class, store().apiKeys().put(key).orThrow());
        ApiKeyRow read = store().apiKeys().get(READ, "k1").orElseThrow();
        assertEquals(List.of("movies*"), read.indexes());
        assertTrue(read.createdAt() > 0);
        assertEquals(List.of(read), store().apiKeys().list(READ, 10));
        assertTrue(store().apiKeys().delete("k1").orThrow());
        assertTrue(store().apiKeys().get(READ, "k1").isEmpty());
    }

    @Test
    void theTopologyIsReplacedByComparingItsVersion() {
        long version = store().topology().get(READ).map(t -> t.version()).orElse(0L);
        assertEquals(
                new Topologies.Replacement.Replaced(version + 1),
                store().topology().replace("{}", version).orThrow());
        assertEquals(
                new Topologies.Replacement.Changed(version + 1),
                store().topology().replace("{}", version).orThrow());
    }

    @Test
    void watchersHearOfChangesInOrderAfterAResync() throws Exception {
        // Rule 23: first a resync, then every change above its index, with full rows.
        CountDownLatch resynced = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(3);
        List<Change> changes = new CopyOnWriteArrayList<>();
        Watcher watcher =
                new Watcher() {
                    @Override
                    public void applied(long index, List<Change> batch) {
                        for (Change change : batch) {
                            if (change instanceof Change.AliasChanged alias
                                    && alias.name().equals("watched")) {
                                changes.add(change);
                                told.countDown();
                            }
                        }
                    }

                    @Override
                    public void resync(long index) {
                        resynced.countDown();
                    }
                };
        try (Watch _ = store().watch(watcher)) {
            assertTrue(resynced.await(10, TimeUnit.SECONDS));
            Aliases aliases = store().aliases();
            aliases.flip("watched", AliasRow.Kind.SINGLE, List.of("a"), 0).orThrow();
            aliases.flip("watched", AliasRow.Kind.SINGLE, List.of("b"), 1).orThrow();
            aliases.delete("watched").orThrow();
            assertTrue(told.await(10, TimeUnit.SECONDS));
        }
        AliasRow second = Objects.requireNonNull(((Change.AliasChanged) changes.get(1)).row());
        assertEquals(List.of("b"), second.targets());
        assertEquals(new Change.AliasChanged("watched", null), changes.get(2));
    }

    @Test
    void aCommandForAnotherTermTakesNoEffect() {
        // Mode B: a deposed leader's command is refused by the applier.
        long term = store().status().term();
        Reply<Boolean> deposed = store().fencedBy(term + 7).aliases().delete("nobody");
        Reply.Refused<?> refused = assertInstanceOf(Reply.Refused.class, deposed);
        assertInstanceOf(Refusal.Deposed.class, refused.refusal());
        assertInstanceOf(Reply.Applied.class, store().fencedBy(term).aliases().delete("nobody"));
    }

    @Test
    void aCommandThatIsTooLargeIsRefusedBeforeItIsLogged() {
        Reply<Topologies.Replacement> reply = store().topology().replace("x".repeat(64 << 20), 0);
        Reply.Refused<?> refused = assertInstanceOf(Reply.Refused.class, reply);
        assertInstanceOf(Refusal.TooLarge.class, refused.refusal());
    }

    private long newTask(String index, TaskType type, @Nullable TaskStatus end) {
        Tasks.Birth birth =
                store().tasks().enqueue(NewTask.of(type, index, "{}", end, null)).orThrow();
        return ((Tasks.Birth.Enqueued) birth).uid();
    }

    private static TaskQuery query(
            Set<String> indexes,
            @Nullable Set<TaskStatus> statuses,
            @Nullable Long from,
            int limit,
            boolean reverse) {
        return new TaskQuery(
                null,
                null,
                statuses,
                null,
                indexes,
                null,
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                from,
                limit,
                reverse);
    }
}
