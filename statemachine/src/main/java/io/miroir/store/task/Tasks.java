package io.miroir.store.task;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What clients asked for and what became of it. Most tasks are born in {@code Lanes.bind}. */
public interface Tasks {

    /** A task outside lanes. */
    Reply<Birth> enqueue(NewTask task);

    /**
     * The nodes began with it.
     *
     * @param epoch the lane's current epoch, {@link Finish#NO_LANE} for a task outside lanes
     */
    Reply<Step> started(long uid, long epoch);

    /** As {@link #started}, of tasks of one lane. */
    default List<Reply<Step>> startedAll(List<Long> uids, long epoch) {
        return uids.stream().map(uid -> started(uid, epoch)).toList();
    }

    /**
     * Ends a task. A terminal status never changes: the first end counts. An end that would put the
     * last replica in sync of a shard out does nothing, nor does one of a barrier that something is
     * still before.
     */
    Reply<Step> finish(Finish finish);

    /** As {@link #finish}, one after the other; one that does nothing does not hold up the next. */
    default List<Reply<Step>> finishAll(List<Finish> finishes) {
        return finishes.stream().map(this::finish).toList();
    }

    /**
     * Forgets finished tasks; others stay. Answers how many went.
     *
     * @param uids at most {@link #DELETE_MAX}
     */
    Reply<Integer> delete(List<Long> uids);

    /** One task; empty if there never was one, or it was forgotten. */
    Optional<TaskRow> get(ReadLevel level, long uid);

    /** A page with rows and total; below a millisecond for a page of 20 among a million tasks. */
    TaskPage list(ReadLevel level, TaskQuery query);

    /** As {@link #list}, without reading rows. */
    TaskUids uids(ReadLevel level, TaskQuery query);

    /** Tasks of a lane that are not finished, by position: what the next owner must follow. */
    List<TaskRow> unfinished(ReadLevel level, String lane);

    /**
     * Tasks that ended, in the order in which they did (those of one moment by uid).
     *
     * @param sinceMicros store time, inclusive: further tasks may yet end at the last moment that
     *     was seen, none before it
     * @param limit at most this many, 1 to {@link TaskQuery#LIMIT_MAX}
     */
    List<TaskRow> ended(ReadLevel level, long sinceMicros, int limit);

    int DELETE_MAX = 10_000;

    /** The last uid that is given out; Meilisearch's have 32 bits too. */
    long UID_MAX = 0xffff_ffffL;

    /**
     * What matches a query.
     *
     * @param uids of the page, in its order
     * @param next uid to ask for next, null at the end
     * @param total tasks that match the filters, whatever the page
     */
    record TaskUids(List<Long> uids, @Nullable Long next, long total) {}

    /** What came of an {@link #enqueue}. */
    sealed interface Birth {
        record Enqueued(long uid, long enqueuedAt) implements Birth {}

        /** The key's write is done: this is its task. */
        record AlreadyBound(long taskUid) implements Birth {}

        /** The key came with another body before. */
        record KeyReused() implements Birth {}

        /** There is no room: only unfinished tasks, or only living keys. */
        record Full(int rowsMax) implements Birth {}
    }

    /** What came of {@link #started} and {@link #finish}. */
    sealed interface Step {
        record Stepped() implements Step {}

        /** It is finished already, with this status. */
        record AlreadyFinished(TaskStatus status) implements Step {}

        /** Its lane has another claim by now. */
        record Fenced(String owner, long epoch) implements Step {}

        record NoSuchTask() implements Step {}

        /** Replicas went out since the end was decided: nothing is done, decide again. */
        record StatesChanged() implements Step {}

        /** It is a barrier, and what is before it in one of its lanes has not ended. */
        record Barred() implements Step {}

        /** A name stands for another index than was expected: nothing is done, decide again. */
        record IndexChanged() implements Step {}
    }
}
