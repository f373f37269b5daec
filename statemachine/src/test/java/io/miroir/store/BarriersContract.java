package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.task.Finish;
import io.miroir.store.task.IndexNames;
import io.miroir.store.task.TaskPage;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskQuery.DateBounds;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Protocol, rule 7: names move in one command, behind barriers in all lanes concerned. */
public interface BarriersContract {
    TaskStore store();

    /** An index and the epoch of its lane. */
    record Made(String uid, long incarnation, long epoch, long task) {}

    private Made made(String uid) {
        long epoch = Writes.claim(store(), uid, "pod-a");
        Intention.Intended intended =
                Writes.intended(store(), Writes.intend(uid, epoch, Intend.ALLOT));
        IndexEffect created = Writes.created(uid, intended.incarnation(), "node-0");
        Bind bind = Writes.bind(uid, epoch, intended.position(), Map.of(), List.of(created));
        return new Made(uid, intended.incarnation(), epoch, bound(bind));
    }

    private long bound(Bind bind) {
        Lanes.Binding binding = store().lanes().bind(bind).orThrow();
        return assertInstanceOf(Lanes.Binding.Bound.class, binding).taskUid();
    }

    private Tasks.Step end(long task, long epoch, IndexEffect... effects) {
        return store().tasks()
                .finish(Finish.of(task, epoch, TaskStatus.SUCCEEDED, null, null, List.of(effects)))
                .orThrow();
    }

    private Intention intend(Made index) {
        Intend intend = Writes.intend(index.uid(), index.epoch(), index.incarnation());
        return store().lanes().intend(intend).orThrow();
    }

    private Intend intendTask(Made runner, @Nullable String shownAs) {
        return new Intend(
                runner.uid(),
                runner.epoch(),
                "index_swap",
                shownAs == null ? "" : shownAs,
                Writes.BODY,
                null,
                0,
                null,
                runner.incarnation(),
                List.of(),
                List.of());
    }

    private long barrier(Made runner, long position, TaskType type, String... names) {
        return bound(
                new Bind(
                        runner.uid(),
                        runner.epoch(),
                        position,
                        type,
                        "{}",
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        List.of(new IndexEffect.Barrier(List.of(names))),
                        null));
    }

    private long swap(Made runner, String... names) {
        long position = Writes.intended(store(), intendTask(runner, null)).position();
        return barrier(runner, position, TaskType.INDEX_SWAP, names);
    }

    private @Nullable String shown(long task) {
        return store().tasks().get(ReadLevel.LINEARIZABLE, task).orElseThrow().indexUid();
    }

    private List<Long> listed(String index) {
        return page(index).tasks().stream().map(TaskRow::uid).toList();
    }

    private TaskPage page(String index) {
        TaskQuery query =
                new TaskQuery(
                        null,
                        null,
                        null,
                        null,
                        IndexNames.of(Set.of(index)),
                        null,
                        DateBounds.OPEN,
                        DateBounds.OPEN,
                        DateBounds.OPEN,
                        null,
                        100,
                        true);
        return store().tasks().list(ReadLevel.LINEARIZABLE, query);
    }

    private long incarnation(String uid) {
        return store().indexes()
                .get(ReadLevel.LINEARIZABLE, uid)
                .map(IndexRow::incarnation)
                .orElse(0L);
    }

    @Test
    default void namesAreExchangedAfterAllThatCameBeforeInBothLanes() {
        Made a = made("exa");
        Made b = made("exb");
        Intention.Intended under = assertInstanceOf(Intention.Intended.class, intend(b));
        long swap = swap(a, "exa", "exb");
        IndexEffect swapped = new IndexEffect.Swapped(a.incarnation(), b.incarnation());

        assertTrue(store().lanes().barred(ReadLevel.LINEARIZABLE, "exb"));
        assertInstanceOf(Intention.Barred.class, intend(a));
        assertInstanceOf(Intention.Barred.class, intend(b));
        end(a.task(), a.epoch());
        end(b.task(), b.epoch());
        // Intended before the barrier came: the name stood for the same index then.
        assertInstanceOf(Tasks.Step.Barred.class, end(swap, a.epoch(), swapped));
        long late = bound(Writes.bind("exb", b.epoch(), under.position(), Map.of(), List.of()));
        assertInstanceOf(Tasks.Step.Barred.class, end(swap, a.epoch(), swapped));
        end(late, b.epoch());
        assertInstanceOf(Tasks.Step.Stepped.class, end(swap, a.epoch(), swapped));

        assertEquals(b.incarnation(), incarnation("exa"));
        assertEquals(a.incarnation(), incarnation("exb"));
        assertEquals("exb", shown(a.task()));
        assertEquals("exa", shown(late));
        // As Meilisearch has it: the swap is counted, and not shown.
        assertEquals(List.of(b.task(), late), listed("exa"));
        assertEquals(3, page("exa").total());
        assertEquals(List.of(a.task()), listed("exb"));
        // Documents are stamped with positions, which must go on growing in each index.
        long next = store().lanes().get(ReadLevel.LINEARIZABLE, "exb").orElseThrow().nextPosition();
        assertEquals(3, next);
        assertEquals(
                next,
                store().lanes().get(ReadLevel.LINEARIZABLE, "exa").orElseThrow().nextPosition());

        // What was decided on the index that bore the name before is decided again.
        assertInstanceOf(Intention.IndexChanged.class, intend(a));
        Made now = new Made("exa", b.incarnation(), a.epoch(), 0);
        assertInstanceOf(Intention.Intended.class, intend(now));
    }

    @Test
    default void anEarlierSwapSpeaksOfTheNamesThatItsIndexesHaveNow() {
        Made a = made("spa");
        Made b = made("spb");
        made("spc");
        end(a.task(), a.epoch());
        end(b.task(), b.epoch());
        long first = swap(a, "spa", "spb");
        end(first, a.epoch(), new IndexEffect.Swapped(a.incarnation(), b.incarnation()));
        Made now = new Made("spa", b.incarnation(), a.epoch(), 0);
        long second = swap(now, "spa", "spd");
        end(second, a.epoch(), new IndexEffect.Renamed(b.incarnation(), "spd"));
        assertEquals(
                List.of("spd", "spb"),
                store().tasks().get(ReadLevel.LINEARIZABLE, first).orElseThrow().names());
        assertEquals(
                List.of("spa", "spd"),
                store().tasks().get(ReadLevel.LINEARIZABLE, second).orElseThrow().names());
    }

    @Test
    default void aRenameLeavesItsOwnTaskWithTheOldName() {
        Made old = made("old");
        end(old.task(), old.epoch());
        Made gone = made("new");
        end(gone.task(), gone.epoch(), new IndexEffect.Deleted(gone.incarnation()));
        long position = Writes.intended(store(), intendTask(old, "old")).position();
        long rename = barrier(old, position, TaskType.INDEX_UPDATE, "old", "new");
        end(rename, old.epoch(), new IndexEffect.Renamed(old.incarnation(), "new"));

        assertEquals(0, incarnation("old"));
        assertEquals(old.incarnation(), incarnation("new"));
        assertEquals("old", shown(rename));
        assertEquals("new", shown(old.task()));
        assertEquals("old", shown(gone.task()));
        assertEquals(List.of(old.task(), rename), listed("new"));
        assertEquals(List.of(gone.task(), rename), listed("old"));
        assertTrue(store().tasks().delete(List.of(rename)).orThrow() == 1);
        assertEquals(List.of(old.task()), listed("new"));
    }

    @Test
    default void aTaskThatHasEndedWhenItIsBoundBarsNothing() {
        Made a = made("ena");
        end(a.task(), a.epoch());
        long position = Writes.intended(store(), intendTask(a, "ena")).position();
        long failed =
                bound(
                        new Bind(
                                "ena",
                                a.epoch(),
                                position,
                                TaskType.INDEX_UPDATE,
                                "{}",
                                Map.of(),
                                Map.of(),
                                Map.of(),
                                Map.of(),
                                TaskStatus.FAILED,
                                "{}",
                                List.of(new IndexEffect.Barrier(List.of("ena", "enb"))),
                                null));
        assertFalse(store().lanes().barred(ReadLevel.LINEARIZABLE, "ena"));
        assertInstanceOf(Intention.Intended.class, intend(a));
        assertEquals(List.of(failed), listed("enb"));
    }

    @Test
    default void barriersThatMeetEndInTheOrderOfTheirTasks() {
        Made a = made("mea");
        Made b = made("meb");
        Made c = made("mec");
        for (Made each : List.of(a, b, c)) {
            end(each.task(), each.epoch());
        }
        // Both intend before either is bound: neither is barred, and neither may wait for ever.
        long later = Writes.intended(store(), intendTask(b, null)).position();
        long first = swap(a, "mea", "meb");
        IndexEffect ab = new IndexEffect.Swapped(a.incarnation(), b.incarnation());
        assertInstanceOf(Tasks.Step.Barred.class, end(first, a.epoch(), ab));
        long second = barrier(b, later, TaskType.INDEX_SWAP, "meb", "mec");
        assertInstanceOf(Tasks.Step.Barred.class, end(second, b.epoch()));
        assertInstanceOf(Tasks.Step.Stepped.class, end(first, a.epoch(), ab));

        // The second was decided on what the names stood for before the first.
        IndexEffect expected = new IndexEffect.NameExpected("meb", b.incarnation());
        assertInstanceOf(Tasks.Step.IndexChanged.class, end(second, b.epoch(), expected));
        assertInstanceOf(
                Tasks.Step.Stepped.class,
                end(
                        second,
                        b.epoch(),
                        new IndexEffect.NameExpected("meb", a.incarnation()),
                        new IndexEffect.NameExpected("nobody", 0),
                        new IndexEffect.Swapped(a.incarnation(), c.incarnation())));
        assertEquals(a.incarnation(), incarnation("mec"));
        assertEquals(List.of(c.task()), listed("meb"));
        assertEquals(List.of(a.task()), listed("mec"));
    }

    @Test
    default void anIndexAndAnAliasThatMeetDoNotShareAName() {
        Made index = made("shared");
        assertEquals(new Aliases.Flip.NameTaken(), alias("shared"));

        long epoch = Writes.claim(store(), "begun", "pod-a");
        Intend creation = Writes.intend("begun", epoch, Intend.ALLOT);
        long position = Writes.intended(store(), creation).position();
        assertEquals(new Aliases.Flip.NameTaken(), alias("begun"));
        store().lanes().abandon("begun", epoch, position, "no node took it").orThrow();
        assertEquals(new Aliases.Flip.Flipped(1), alias("begun"));
        assertEquals(new Intention.IndexChanged(), store().lanes().intend(creation).orThrow());
        store().aliases().delete("begun").orThrow();
        Writes.intended(store(), creation);

        position = Writes.intended(store(), intendTask(index, "shared")).position();
        long rename = barrier(index, position, TaskType.INDEX_UPDATE, "shared", "renamed");
        assertEquals(new Aliases.Flip.NameTaken(), alias("renamed"));
        end(index.task(), index.epoch());
        assertInstanceOf(Tasks.Step.Stepped.class, end(rename, index.epoch()));
        assertEquals(new Aliases.Flip.Flipped(1), alias("renamed"));
    }

    private Aliases.Flip alias(String name) {
        return store().aliases().flip(name, AliasRow.Kind.SINGLE, List.of("target"), 0).orThrow();
    }
}
