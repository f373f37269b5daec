package io.miroir.store.engine;

import io.miroir.sqlite.Sql;

/**
 * The row of table {@code applied}: how far a database has come, and its counters.
 *
 * @param index last log index whose effects are in the tables
 * @param term its term
 * @param storeTimeMicros the time it was stamped with
 * @param nextSweepAt store time from which on expired rows are looked for again
 */
public record Applied(
        long index,
        long term,
        long storeTimeMicros,
        long nextTaskUid,
        long nextIncarnation,
        long nextEpoch,
        long nextSweepAt) {

    /** As committed in the database behind the connection. */
    public static Applied load(Sql sql) {
        return sql.first(
                        "SELECT applied_index, applied_term, store_time, next_task_uid,"
                                + " next_incarnation, next_epoch, next_sweep_at FROM applied WHERE id = 1",
                        row ->
                                new Applied(
                                        row.number(1),
                                        row.number(2),
                                        row.number(3),
                                        row.number(4),
                                        row.number(5),
                                        row.number(6),
                                        row.number(7)))
                .orElseThrow();
    }

    void save(Sql sql) {
        sql.update(
                "UPDATE applied SET applied_index = ?, applied_term = ?, store_time = ?,"
                        + " next_task_uid = ?, next_incarnation = ?, next_epoch = ?,"
                        + " next_sweep_at = ? WHERE id = 1",
                index,
                term,
                storeTimeMicros,
                nextTaskUid,
                nextIncarnation,
                nextEpoch,
                nextSweepAt);
    }

    Applied at(long newIndex, long newTerm, long newStoreTimeMicros) {
        return new Applied(
                newIndex,
                newTerm,
                newStoreTimeMicros,
                nextTaskUid,
                nextIncarnation,
                nextEpoch,
                nextSweepAt);
    }

    Applied withNextTaskUid(long next) {
        return new Applied(
                index, term, storeTimeMicros, next, nextIncarnation, nextEpoch, nextSweepAt);
    }

    Applied withNextIncarnation(long next) {
        return new Applied(index, term, storeTimeMicros, nextTaskUid, next, nextEpoch, nextSweepAt);
    }

    Applied withNextEpoch(long next) {
        return new Applied(
                index, term, storeTimeMicros, nextTaskUid, nextIncarnation, next, nextSweepAt);
    }

    Applied withNextSweepAt(long next) {
        return new Applied(
                index, term, storeTimeMicros, nextTaskUid, nextIncarnation, nextEpoch, next);
    }
}
