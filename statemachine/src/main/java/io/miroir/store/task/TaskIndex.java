package io.miroir.store.task;

import io.miroir.sqlite.Sql;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which tasks match a query, and how many, without counting rows (protocol rule 25): bitmaps of
 * uids by status and type, sets of them by index and canceler, and the dates. Filled from the table
 * when the database is opened, then fed by each commit; no query asks the table. It is this pod's
 * memory and decides nothing in appliers: they may ask it where to look.
 *
 * <p>Memory: some 30 bytes a task; of each name that tasks speak of its letters and some 110 bytes
 * more, at most 16 uids in an array; of names with more tasks a bitmap.
 */
public final class TaskIndex {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final RoaringBitmap all = new RoaringBitmap();
    private final RoaringBitmap started = new RoaringBitmap();
    private final RoaringBitmap finished = new RoaringBitmap();
    private final Map<TaskStatus, RoaringBitmap> byStatus = new EnumMap<>(TaskStatus.class);
    private final Map<TaskType, RoaringBitmap> byType = new EnumMap<>(TaskType.class);
    private final KeyedUids<String> byIndex = new KeyedUids<>();
    private final KeyedUids<Long> byCanceler = new KeyedUids<>();
    private final TaskDates dates = new TaskDates();

    private TaskIndex() {
        for (TaskStatus status : TaskStatus.values()) {
            byStatus.put(status, new RoaringBitmap());
        }
        for (TaskType type : TaskType.values()) {
            byType.put(type, new RoaringBitmap());
        }
    }

    /** Of the tasks that are in the table now. About a second for a million. */
    public static TaskIndex load(Sql sql) {
        TaskIndex index = new TaskIndex();
        sql.each(
                "SELECT uid, status, type, index_uid, canceled_by, enqueued_at, started_at,"
                        + " finished_at FROM tasks ORDER BY uid",
                row ->
                        index.born(
                                new TaskDelta.Born(
                                        row.number(1),
                                        new TaskDelta.Facets(
                                                TaskStatus.ofCode(row.integer(2)),
                                                TaskType.ofCode(row.integer(3)),
                                                row.textOrNull(4),
                                                row.numberOrNull(5)),
                                        new TaskRow.Dates(
                                                row.number(6),
                                                row.numberOrNull(7),
                                                row.numberOrNull(8)))));
        sql.each(
                "SELECT task_uid, index_uid FROM task_names",
                row -> index.named(row.number(1), List.of(row.text(2))));
        return index;
    }

    /** What a commit did, in its order. */
    public void apply(List<TaskDelta> deltas) {
        if (deltas.isEmpty()) {
            return;
        }
        lock.writeLock().lock();
        try {
            for (TaskDelta delta : deltas) {
                switch (delta) {
                    case TaskDelta.Born born -> born(born);
                    case TaskDelta.Moved moved -> moved(moved);
                    case TaskDelta.Gone gone -> gone(gone);
                    case TaskDelta.Named named -> named(named.uid(), named.names());
                    case TaskDelta.Unnamed unnamed -> unnamed(unnamed.uid(), unnamed.names());
                    case TaskDelta.Exchanged exchanged -> exchanged(exchanged);
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Answers a query. */
    Tasks.TaskUids find(TaskQuery query) {
        lock.readLock().lock();
        try {
            RoaringBitmap matching = matching(query);
            return page(shown(matching, query), query, matching.getLongCardinality());
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Tasks that may be of one of these names, or speak of it, once an open transaction is
     * committed: those that do, and some more.
     *
     * @param open what the transaction did so far
     * @return uids in their order
     */
    public List<Long> mayBeOf(Set<String> names, List<TaskDelta> open) {
        Set<String> before = namesBefore(names, open);
        UidUnion union = new UidUnion();
        lock.readLock().lock();
        try {
            before.forEach(name -> byIndex.gather(name, union));
        } finally {
            lock.readLock().unlock();
        }
        for (TaskDelta delta : open) {
            switch (delta) {
                case TaskDelta.Born born when isOf(before, born.facets().indexUid()) ->
                        union.add(new int[] {(int) born.uid()});
                case TaskDelta.Named named when named.names().stream().anyMatch(before::contains) ->
                        union.add(new int[] {(int) named.uid()});
                case TaskDelta.Born _,
                        TaskDelta.Named _,
                        TaskDelta.Moved _,
                        TaskDelta.Gone _,
                        TaskDelta.Unnamed _,
                        TaskDelta.Exchanged _ -> {}
            }
        }
        List<Long> uids = new ArrayList<>();
        union.all().forEach((int uid) -> uids.add(Integer.toUnsignedLong(uid)));
        return uids;
    }

    private static boolean isOf(Set<String> names, @Nullable String uid) {
        return uid != null && names.contains(uid);
    }

    /** With those that any of their tasks may have had before it was exchanged. */
    private static Set<String> namesBefore(Set<String> names, List<TaskDelta> open) {
        Set<String> before = new HashSet<>(names);
        for (TaskDelta delta : open.reversed()) {
            if (delta instanceof TaskDelta.Exchanged exchanged
                    && (before.contains(exchanged.one()) || before.contains(exchanged.other()))) {
                before.add(exchanged.one());
                before.add(exchanged.other());
            }
        }
        return before;
    }

    // ---- feeding

    private void born(TaskDelta.Born born) {
        int uid = (int) born.uid();
        TaskDelta.Facets facets = born.facets();
        all.add(uid);
        of(facets.status()).add(uid);
        of(facets.type()).add(uid);
        if (facets.indexUid() != null) {
            byIndex.add(facets.indexUid(), uid);
        }
        if (facets.canceledBy() != null) {
            byCanceler.add(facets.canceledBy(), uid);
        }
        dates.add(uid, born.dates());
        if (born.dates().startedAt() != null) {
            started.add(uid);
        }
        if (born.dates().finishedAt() != null) {
            finished.add(uid);
        }
    }

    private void moved(TaskDelta.Moved moved) {
        int uid = (int) moved.uid();
        of(moved.from()).remove(uid);
        of(moved.to()).add(uid);
        started.add(uid);
        dates.set(uid, TaskDates.Date.STARTED, moved.startedAt());
        if (moved.finishedAt() != null) {
            finished.add(uid);
            dates.set(uid, TaskDates.Date.FINISHED, moved.finishedAt());
        }
        if (moved.canceledBy() != null) {
            byCanceler.add(moved.canceledBy(), uid);
        }
    }

    private void gone(TaskDelta.Gone gone) {
        int uid = (int) gone.uid();
        all.remove(uid);
        started.remove(uid);
        finished.remove(uid);
        of(gone.facets().status()).remove(uid);
        of(gone.facets().type()).remove(uid);
        if (gone.facets().indexUid() != null) {
            byIndex.remove(gone.facets().indexUid(), uid);
        }
        if (gone.facets().canceledBy() != null) {
            byCanceler.remove(gone.facets().canceledBy(), uid);
        }
        unnamed(uid, gone.names());
        dates.remove(uid);
    }

    private void named(long uid, List<String> names) {
        names.forEach(name -> byIndex.add(name, (int) uid));
    }

    private void unnamed(long uid, List<String> names) {
        names.forEach(name -> byIndex.remove(name, (int) uid));
    }

    private void exchanged(TaskDelta.Exchanged exchanged) {
        String one = exchanged.one();
        String other = exchanged.other();
        byIndex.exchange(one, other);
        for (TaskDelta.Kept kept : exchanged.kept()) {
            if (kept.name().equals(one) || kept.name().equals(other)) {
                byIndex.remove(kept.name().equals(one) ? other : one, (int) kept.uid());
            }
        }
        // Added when all are removed: a task may keep both names.
        for (TaskDelta.Kept kept : exchanged.kept()) {
            if (kept.name().equals(one) || kept.name().equals(other)) {
                named(kept.uid(), List.of(kept.name()));
            }
        }
    }

    private RoaringBitmap of(TaskStatus status) {
        return Objects.requireNonNull(byStatus.get(status));
    }

    private RoaringBitmap of(TaskType type) {
        return Objects.requireNonNull(byType.get(type));
    }

    // ---- finding

    private RoaringBitmap matching(TaskQuery query) {
        List<RoaringBitmap> filters = new ArrayList<>();
        if (query.statuses() != null) {
            filters.add(any(query.statuses().stream().map(this::of).toList()));
        }
        if (query.types() != null) {
            filters.add(any(query.types().stream().map(this::of).toList()));
        }
        if (query.indexes() != null) {
            filters.add(ofIndexes(query.indexes()));
        }
        if (query.canceledBy() != null) {
            filters.add(canceledBy(query.canceledBy()));
        }
        if (query.uids() != null) {
            filters.add(RoaringBitmap.and(all, set(query.uids())));
        }
        if (query.batchUids() != null) {
            // A batch is one task and bears its uid, from its start on.
            filters.add(RoaringBitmap.and(started, set(query.batchUids())));
        }
        within(filters, TaskDates.Date.ENQUEUED, query.enqueued(), all);
        within(filters, TaskDates.Date.STARTED, query.started(), started);
        within(filters, TaskDates.Date.FINISHED, query.finished(), finished);
        return both(filters);
    }

    private RoaringBitmap ofIndexes(IndexNames names) {
        UidUnion union = new UidUnion();
        names.uids().forEach(uid -> byIndex.gather(uid, union));
        for (String beginning : names.beginnings()) {
            byIndex.gather(beginning, uid -> uid.startsWith(beginning), union);
        }
        return union.all();
    }

    private RoaringBitmap canceledBy(Set<Long> uids) {
        UidUnion union = new UidUnion();
        uids.forEach(uid -> byCanceler.gather(uid, union));
        return union.all();
    }

    private void within(
            List<RoaringBitmap> filters,
            TaskDates.Date date,
            TaskQuery.DateBounds bounds,
            RoaringBitmap dated) {
        if (bounds.afterMicros() != null || bounds.beforeMicros() != null) {
            long after = bounds.afterMicros() == null ? Long.MIN_VALUE : bounds.afterMicros();
            long before = bounds.beforeMicros() == null ? Long.MAX_VALUE : bounds.beforeMicros();
            filters.add(RoaringBitmap.and(dated, dates.within(date, after, before)));
        }
    }

    // As Meilisearch has it, a swap is of no index: those that speak of one are counted with its
    // tasks, and not shown among them.
    private RoaringBitmap shown(RoaringBitmap matching, TaskQuery query) {
        return query.indexes() == null
                ? matching
                : RoaringBitmap.andNot(matching, of(TaskType.INDEX_SWAP));
    }

    private static RoaringBitmap any(List<RoaringBitmap> bitmaps) {
        return bitmaps.size() == 1
                ? bitmaps.getFirst()
                : FastAggregation.or(bitmaps.toArray(RoaringBitmap[]::new));
    }

    private RoaringBitmap both(List<RoaringBitmap> filters) {
        if (filters.isEmpty()) {
            return all;
        }
        // The smallest first: what comes after costs no more than it is large.
        filters.sort(Comparator.comparingInt(RoaringBitmap::getCardinality));
        RoaringBitmap left = filters.getFirst();
        for (RoaringBitmap filter : filters.subList(1, filters.size())) {
            left = RoaringBitmap.and(left, filter);
        }
        return left;
    }

    private static RoaringBitmap set(Set<Long> uids) {
        RoaringBitmap set = new RoaringBitmap();
        for (long uid : uids) {
            if (uid >= 0 && uid <= Tasks.UID_MAX) {
                set.add((int) uid);
            }
        }
        return set;
    }

    private static Tasks.TaskUids page(RoaringBitmap matching, TaskQuery query, long total) {
        List<Long> uids = new ArrayList<>(Math.min(query.limit(), 1_024));
        long at = first(matching, query);
        while (at >= 0 && uids.size() < query.limit()) {
            uids.add(at);
            at = after(matching, at, query.reverse());
        }
        return new Tasks.TaskUids(uids, at < 0 ? null : at, total);
    }

    private static long first(RoaringBitmap matching, TaskQuery query) {
        if (query.reverse()) {
            long from = query.from() == null ? 0 : query.from();
            return from > Tasks.UID_MAX ? -1 : matching.nextValue((int) Math.max(0, from));
        }
        long from = query.from() == null ? Tasks.UID_MAX : query.from();
        return from < 0 ? -1 : matching.previousValue((int) Math.min(from, Tasks.UID_MAX));
    }

    private static long after(RoaringBitmap matching, long uid, boolean reverse) {
        if (reverse) {
            return uid == Tasks.UID_MAX ? -1 : matching.nextValue((int) (uid + 1));
        }
        return uid == 0 ? -1 : matching.previousValue((int) (uid - 1));
    }
}
