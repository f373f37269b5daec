package io.miroir.store.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.format.FormatTable;
import io.miroir.store.limit.LimitsTable;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.task.TaskDelta;
import io.miroir.store.task.TaskIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an applier has: the transaction, the store's time, the counters and the list of changes.
 * Nothing else may decide what an applier does: no clock, no random, no setting of this pod.
 */
public final class Write {
    private final Sql sql;
    private final TaskIndex committedTasks;
    private final Map<String, Integer> rowsByTable = new HashMap<>();
    private Applied applied;
    private StoreLimits limits;
    private int clusterFormat;
    private List<Change> changes = new ArrayList<>();
    private List<TaskDelta> tasks = new ArrayList<>();

    /**
     * @param committedTasks as the transaction found them
     */
    Write(Sql sql, TaskIndex committedTasks) {
        this.sql = sql;
        this.committedTasks = committedTasks;
        this.applied = Applied.load(sql);
        this.limits = LimitsTable.get(sql).limits();
        this.clusterFormat = FormatTable.get(sql);
    }

    public Sql sql() {
        return sql;
    }

    /** Store time of the command, epoch microseconds. */
    public long now() {
        return applied.storeTimeMicros();
    }

    /** Term of the command's log entry. */
    public long term() {
        return applied.term();
    }

    public long nextTaskUid() {
        long uid = applied.nextTaskUid();
        applied = applied.withNextTaskUid(uid + 1);
        return uid;
    }

    /** The uid that was given out last, -1 if none was. */
    public long lastTaskUid() {
        return applied.nextTaskUid() - 1;
    }

    public long nextIncarnation() {
        long incarnation = applied.nextIncarnation();
        applied = applied.withNextIncarnation(incarnation + 1);
        return incarnation;
    }

    /** The group's limits, as of the commands before. */
    public StoreLimits limits() {
        return limits;
    }

    /** They were changed by a command. */
    public void limits(StoreLimits changed) {
        limits = changed;
    }

    /**
     * The cluster's format, as of the commands before. An applier that is to do something else from
     * some format on asks here: members with an earlier program do what they did.
     */
    public int clusterFormat() {
        return clusterFormat;
    }

    /** It was raised by a command. */
    public void clusterFormat(int raised) {
        clusterFormat = raised;
    }

    void nextSweepAt(long storeTimeMicros) {
        applied = applied.withNextSweepAt(storeTimeMicros);
    }

    /** A number that was never given before: of lanes, claims and leases alike. */
    public long nextEpoch() {
        long epoch = applied.nextEpoch();
        applied = applied.withNextEpoch(epoch + 1);
        return epoch;
    }

    /** Rows of a table; counted once, then kept by {@link #rowsChanged}. */
    public int rows(String table) {
        Integer rows = rowsByTable.get(table);
        if (rows == null) {
            rows = Math.toIntExact(sql.number("SELECT count(*) FROM " + table));
            rowsByTable.put(table, rows);
        }
        return rows;
    }

    /** Every insert and delete in a table with a cap must be told. */
    public void rowsChanged(String table, int delta) {
        rowsByTable.computeIfPresent(table, (_, rows) -> rows + delta);
    }

    public void changed(Change change) {
        changes.add(change);
    }

    /** Every insert, step and delete of a task must be told. */
    public void task(TaskDelta delta) {
        tasks.add(delta);
    }

    /**
     * Uids, in their order, of all tasks that may be of one of two indexes or speak of it, as of
     * the commands before. Pods differ in how many there are beside those that do, by what shares a
     * transaction: an applier asks the row.
     */
    public List<Long> tasksOf(String one, String other) {
        return committedTasks.mayBeOf(Set.copyOf(List.of(one, other)), tasks);
    }

    Applied applied() {
        return applied;
    }

    /** Before each entry: index, term and time of what follows; time never goes back. */
    void enter(long index, long term, long storeTimeMicros) {
        long time = Math.max(storeTimeMicros, applied.storeTimeMicros());
        applied = applied.at(index, term, time);
    }

    /** What a command that is undone must not leave behind. */
    record Mark(
            Applied applied,
            StoreLimits limits,
            int clusterFormat,
            Map<String, Integer> rowsByTable,
            int changes,
            int tasks) {}

    Mark mark() {
        return new Mark(
                applied,
                limits,
                clusterFormat,
                Map.copyOf(rowsByTable),
                changes.size(),
                tasks.size());
    }

    void backTo(Mark mark) {
        applied = mark.applied();
        limits = mark.limits();
        clusterFormat = mark.clusterFormat();
        rowsByTable.clear();
        rowsByTable.putAll(mark.rowsByTable());
        changes.subList(mark.changes(), changes.size()).clear();
        tasks.subList(mark.tasks(), tasks.size()).clear();
    }

    List<Change> takeChanges() {
        List<Change> taken = changes;
        changes = new ArrayList<>();
        return taken;
    }

    List<TaskDelta> takeTasks() {
        List<TaskDelta> taken = tasks;
        tasks = new ArrayList<>();
        return taken;
    }

    /** The answer that is known for a batch of a proposer. */
    @Nullable Known known(long proposer) {
        return sql.first(
                        "SELECT sequence, outcome FROM proposers WHERE proposer = ?",
                        row ->
                                new Known(
                                        row.number(1),
                                        UnsafeByteOperations.unsafeWrap(row.blob(2))),
                        proposer)
                .orElse(null);
    }

    record Known(long sequence, ByteString outcome) {}
}
