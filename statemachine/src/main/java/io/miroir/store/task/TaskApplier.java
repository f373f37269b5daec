package io.miroir.store.task;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.DeleteTasks;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.StartTask;
import io.miroir.proto.store.TaskBorn;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import io.miroir.store.idempotency.IdempotencyApplier;
import io.miroir.store.index.IndexApplier;
import io.miroir.store.lane.BarrierApplier;
import io.miroir.store.lane.LaneApplier;
import io.miroir.store.session.SessionApplier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes tasks. */
public final class TaskApplier {
    private static final String TABLE = "tasks";

    /** Newest tasks among which a repeated bind finds its own: it comes within seconds. */
    private static final int BORN_LOOK_BACK_MAX = 10_000;

    private static final int FORGOTTEN_PER_INSERT = 2;

    /** A statement for each would cost more than what it does. */
    private static final int EXCHANGED_PER_STATEMENT = 1_000;

    private TaskApplier() {}

    /** What a new task begins with. */
    public record Birth(
            int type,
            TaskStatus status,
            @Nullable String indexUid,
            String detailsJson,
            @Nullable String errorJson,
            @Nullable LaneItem item) {}

    /** The lane item that becomes a task. */
    public record LaneItem(
            String lane, long epoch, long position, long incarnation, ByteString dispatch) {}

    public static Outcome enqueue(Write write, EnqueueTask command) {
        if (command.hasIdempotencyKey()) {
            IdempotencyKey key = command.getIdempotencyKey();
            Outcome known = IdempotencyApplier.known(write, key.getKey(), key.getBodySha256());
            Outcome refused = known != null ? known : IdempotencyApplier.full(write);
            if (refused != null) {
                return refused;
            }
        }
        if (full(write)) {
            return Outcomes.full(TABLE, write.limits().tasksMax());
        }
        long uid =
                insert(
                        write,
                        new Birth(
                                command.getType(),
                                command.hasTerminalStatus()
                                        ? TaskStatus.ofCode(command.getTerminalStatus())
                                        : TaskStatus.ENQUEUED,
                                command.hasIndexUid() ? command.getIndexUid() : null,
                                command.getDetailsJson(),
                                command.hasErrorJson() ? command.getErrorJson() : null,
                                null));
        if (command.hasIdempotencyKey()) {
            IdempotencyApplier.remember(write, command.getIdempotencyKey(), uid);
        }
        if (command.hasSessionId()) {
            SessionApplier.wrote(write, command.getSessionId(), uid, null);
        }
        return born(uid, write.now());
    }

    /** Whether the table is at its cap with nothing in it that may be forgotten. */
    public static boolean full(Write write) {
        return write.lastTaskUid() >= Tasks.UID_MAX
                || (write.rows(TABLE) >= write.limits().tasksMax()
                        && oldestFinished(write, Long.MAX_VALUE, 1).isEmpty());
    }

    /** Gives out the next uid; forgets the oldest finished task if the table is at its cap. */
    public static long insert(Write write, Birth birth) {
        if (write.rows(TABLE) >= write.limits().tasksMax()) {
            // More than one: a lowered cap is reached by and by.
            forget(write, oldestFinished(write, Long.MAX_VALUE, FORGOTTEN_PER_INSERT));
        }
        long uid = write.nextTaskUid();
        boolean ended = birth.status().terminal();
        LaneItem item = birth.item();
        write.sql()
                .update(
                        "INSERT INTO tasks (uid, batch_uid, index_uid, type, status, enqueued_at,"
                                + " started_at, finished_at, details_json, error_json, lane, epoch,"
                                + " position, incarnation, dispatch)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        uid,
                        ended ? uid : null,
                        birth.indexUid(),
                        TaskType.ofCode(birth.type()).code(),
                        birth.status().code(),
                        write.now(),
                        ended ? write.now() : null,
                        ended ? write.now() : null,
                        birth.detailsJson(),
                        birth.errorJson(),
                        item == null ? null : item.lane(),
                        item == null ? 0 : item.epoch(),
                        item == null ? 0 : item.position(),
                        item == null ? 0 : item.incarnation(),
                        item == null ? null : item.dispatch().toByteArray());
        write.rowsChanged(TABLE, 1);
        write.changed(new Change.TaskChanged(uid, birth.status(), birth.indexUid()));
        write.task(
                new TaskDelta.Born(
                        uid,
                        new TaskDelta.Facets(
                                birth.status(),
                                TaskType.ofCode(birth.type()),
                                birth.indexUid(),
                                null),
                        new TaskRow.Dates(
                                write.now(),
                                ended ? write.now() : null,
                                ended ? write.now() : null)));
        return uid;
    }

    /** The task that an item became, for an owner that missed the answer; null if it is none. */
    public static @Nullable Outcome bornOf(Write write, String lane, long epoch, long position) {
        return write.sql()
                .first(
                        "SELECT uid, enqueued_at FROM tasks WHERE uid >= ? AND lane = ?"
                                + " AND epoch = ? AND position = ?",
                        row -> born(row.number(1), row.number(2)),
                        write.lastTaskUid() - BORN_LOOK_BACK_MAX,
                        lane,
                        epoch,
                        position)
                .orElse(null);
    }

    private static Outcome born(long uid, long enqueuedAt) {
        return Outcome.newBuilder()
                .setTaskBorn(TaskBorn.newBuilder().setUid(uid).setEnqueuedAtMicros(enqueuedAt))
                .build();
    }

    public static Outcome start(Write write, StartTask command) {
        Optional<TaskReads.Standing> found = TaskReads.standing(write.sql(), command.getUid());
        Outcome refused = refusal(write, found, command.getEpoch());
        if (refused != null) {
            return refused;
        }
        TaskReads.Standing task = found.orElseThrow();
        if (task.status() == TaskStatus.ENQUEUED) {
            write.sql()
                    .update(
                            "UPDATE tasks SET status = ?, started_at = ?, batch_uid = uid"
                                    + " WHERE uid = ?",
                            TaskStatus.PROCESSING.code(),
                            write.now(),
                            task.uid());
            write.changed(
                    new Change.TaskChanged(task.uid(), TaskStatus.PROCESSING, task.indexUid()));
            write.task(
                    new TaskDelta.Moved(
                            task.uid(),
                            TaskStatus.ENQUEUED,
                            TaskStatus.PROCESSING,
                            write.now(),
                            null,
                            null));
        }
        return Outcomes.DONE;
    }

    public static Outcome finish(Write write, FinishTask command) {
        Optional<TaskReads.Standing> found = TaskReads.standing(write.sql(), command.getUid());
        Outcome refused = refusal(write, found, command.getEpoch());
        if (refused != null) {
            return refused;
        }
        if (IndexApplier.endsShards(write, command.getEffectList())) {
            return Outcomes.STATES_CHANGED;
        }
        TaskReads.Standing task = found.orElseThrow();
        if (BarrierApplier.waits(write, task.uid())) {
            return Outcomes.BARRED;
        }
        if (IndexApplier.namesChanged(write, command.getEffectList())) {
            return Outcomes.INDEX_CHANGED;
        }
        TaskStatus status = TaskStatus.ofCode(command.getStatus());
        @Nullable Long canceledBy = command.hasCanceledBy() ? command.getCanceledBy() : null;
        write.sql()
                .update(
                        "UPDATE tasks SET status = ?, started_at = ifnull(started_at, ?), batch_uid ="
                                + " ifnull(batch_uid, uid), finished_at = ?, details_json ="
                                + " ifnull(?, details_json), error_json = ?, canceled_by = ?"
                                + " WHERE uid = ?",
                        status.code(),
                        write.now(),
                        write.now(),
                        command.hasDetailsJson() ? command.getDetailsJson() : null,
                        command.hasErrorJson() ? command.getErrorJson() : null,
                        canceledBy,
                        task.uid());
        IndexApplier.apply(write, task.uid(), command.getEffectList());
        BarrierApplier.lower(write, task.uid());
        write.changed(new Change.TaskChanged(task.uid(), status, task.indexUid()));
        write.task(
                new TaskDelta.Moved(
                        task.uid(), task.status(), status, write.now(), write.now(), canceledBy));
        return Outcomes.DONE;
    }

    /**
     * Tasks of two names are the other name's from here on. Those that are barriers and have not
     * ended are not: what they speak of is what the names stand for when they end.
     */
    public static void exchange(Write write, String one, String other) {
        List<Long> uids = write.tasksOf(one, other);
        List<TaskDelta.Kept> kept = new ArrayList<>();
        for (int from = 0; from < uids.size(); from += EXCHANGED_PER_STATEMENT) {
            int to = Math.min(uids.size(), from + EXCHANGED_PER_STATEMENT);
            String some = jsonArray(uids.subList(from, to));
            kept.addAll(BarrierApplier.kept(write, some, one, other));
            write.sql()
                    .update(
                            "UPDATE tasks SET index_uid = CASE index_uid WHEN ?2 THEN ?3 ELSE ?2 END"
                                    + " WHERE uid IN (SELECT value FROM json_each(?1)) AND index_uid"
                                    + " IN (?2, ?3) AND NOT EXISTS (SELECT 1 FROM task_names n WHERE"
                                    + " n.task_uid = tasks.uid AND n.waits = 1)",
                            some,
                            one,
                            other);
            BarrierApplier.exchange(write, some, one, other);
        }
        write.task(new TaskDelta.Exchanged(one, other, List.copyOf(kept)));
    }

    private static String jsonArray(List<Long> uids) {
        return uids.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    public static Outcome delete(Write write, DeleteTasks command) {
        List<TaskReads.Standing> finished = new ArrayList<>();
        for (long uid : new TreeSet<>(command.getUidList())) {
            TaskReads.standing(write.sql(), uid)
                    .filter(task -> task.status().terminal())
                    .ifPresent(finished::add);
        }
        forget(write, finished);
        return Outcome.newBuilder().setCount(finished.size()).build();
    }

    /** Null if the caller may take the task a step further. */
    private static @Nullable Outcome refusal(
            Write write, Optional<TaskReads.Standing> found, long epoch) {
        if (found.isEmpty()) {
            return Outcomes.NO_SUCH_TASK;
        }
        TaskReads.Standing task = found.get();
        if (task.status().terminal()) {
            return Outcome.newBuilder().setAlreadyFinished(task.status().code()).build();
        }
        return task.lane() == null ? null : LaneApplier.fence(write, task.lane(), epoch);
    }

    /** Forgets tasks that finished longer ago than they are kept; answers how many. */
    public static int expire(Write write, int rowsMax) {
        long endedBefore = write.now() - write.limits().taskRetentionMicros();
        List<TaskReads.Standing> old = oldestFinished(write, endedBefore, rowsMax);
        forget(write, old);
        return old.size();
    }

    private static List<TaskReads.Standing> oldestFinished(
            Write write, long endedBefore, int rowsMax) {
        List<TaskReads.Standing> oldest = new ArrayList<>();
        write.sql()
                .all(
                        "SELECT uid FROM tasks WHERE finished_at < ? ORDER BY finished_at, uid"
                                + " LIMIT ?",
                        row -> row.number(1),
                        endedBefore,
                        rowsMax)
                .forEach(uid -> TaskReads.standing(write.sql(), uid).ifPresent(oldest::add));
        return oldest;
    }

    private static void forget(Write write, List<TaskReads.Standing> tasks) {
        for (TaskReads.Standing task : tasks) {
            write.sql().update("DELETE FROM tasks WHERE uid = ?", task.uid());
            List<String> names = BarrierApplier.forget(write, task.uid());
            write.task(new TaskDelta.Gone(task.uid(), task.facets(), names));
        }
        write.rowsChanged(TABLE, -tasks.size());
        if (!tasks.isEmpty()) {
            write.changed(
                    new Change.TasksDeleted(tasks.stream().map(TaskReads.Standing::uid).toList()));
        }
    }
}
