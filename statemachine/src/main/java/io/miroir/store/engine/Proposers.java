package io.miroir.store.engine;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;

/** Keeps the last answer of each proposer (protocol rule 22). */
final class Proposers {
    /** Proposers whose last answer is kept; a pod makes four a start. */
    static final int ROWS_MAX = 1_024;

    private Proposers() {}

    static void remember(Write write, Batch batch, BatchOutcome outcome, boolean isNew) {
        if (isNew && write.rows("proposers") >= ROWS_MAX) {
            int forgotten =
                    write.sql()
                            .update(
                                    "DELETE FROM proposers WHERE proposer = (SELECT proposer FROM"
                                            + " proposers ORDER BY last_seen, proposer LIMIT 1)");
            write.rowsChanged("proposers", -forgotten);
        }
        write.sql()
                .update(
                        "INSERT INTO proposers (proposer, sequence, outcome, last_seen)"
                                + " VALUES (?, ?, ?, ?) ON CONFLICT (proposer) DO UPDATE SET"
                                + " sequence = excluded.sequence, outcome = excluded.outcome,"
                                + " last_seen = excluded.last_seen",
                        batch.getProposer(),
                        batch.getSequence(),
                        outcome.toByteArray(),
                        write.now());
        if (isNew) {
            write.rowsChanged("proposers", 1);
        }
    }
}
