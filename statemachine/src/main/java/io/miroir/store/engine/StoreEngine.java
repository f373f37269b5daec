package io.miroir.store.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import java.util.List;

/**
 * Applies batches to the database, in order, in transactions that carry the applied index. One
 * thread calls {@link #begin}, {@link #apply} and {@link #commit}. An exception leaves the
 * transaction open: the backend must stop; what was committed before stays.
 */
public final class StoreEngine {
    /** Proposers whose last answer is kept; a pod makes one a start. */
    private static final int PROPOSERS_MAX = 1_024;

    private final Database database;
    private final Sql sql;
    private final Write write;
    private final WatchHub watchers;
    private volatile Applied committed;

    public StoreEngine(Database database, WatchHub watchers) {
        this.database = database;
        this.sql = database.writer();
        this.write = new Write(sql);
        this.watchers = watchers;
        this.committed = write.applied();
    }

    public Database database() {
        return database;
    }

    /** How far the database has come, as committed. */
    public Applied committed() {
        return committed;
    }

    /** Opens the transaction of a group of entries. */
    public void begin() {
        sql.beginWrite();
    }

    /**
     * Applies one entry.
     *
     * @param index its place in the order, above all applied before
     * @param storeTimeMicros the leader's stamp
     */
    public BatchOutcome apply(long index, long term, long storeTimeMicros, Batch batch) {
        if (index <= write.applied().index()) {
            throw new IllegalStateException("entry " + index + " after " + write.applied().index());
        }
        write.enter(index, term, storeTimeMicros);
        if (batch.getProposer() == 0) {
            return applyAll(batch);
        }
        Write.Known known = write.known(batch.getProposer());
        if (known == null || batch.getSequence() > known.sequence()) {
            BatchOutcome outcome = applyAll(batch);
            remember(batch, outcome, known == null);
            return outcome;
        }
        // An older batch than the last was given up by its proposer: nobody waits for its answer.
        return batch.getSequence() == known.sequence()
                ? parse(known)
                : BatchOutcome.getDefaultInstance();
    }

    /**
     * The answer to an entry that the database has already, as far as it is still known: a retry of
     * its batch may be answered with it.
     */
    public BatchOutcome answered(Batch batch) {
        Write.Known known = write.known(batch.getProposer());
        return known != null && known.sequence() == batch.getSequence()
                ? parse(known)
                : BatchOutcome.getDefaultInstance();
    }

    /** An entry without commands (a new leader's first, a configuration): only the index moves. */
    public void skip(long index, long term) {
        if (index > write.applied().index()) {
            write.enter(index, term, write.now());
        }
    }

    /** Ends the transaction; then, and only then, watchers hear of it. */
    public void commit() {
        Applied applied = write.applied();
        applied.save(sql);
        sql.commit();
        committed = applied;
        List<Change> changes = write.takeChanges();
        watchers.publish(applied.index(), changes);
    }

    private BatchOutcome applyAll(Batch batch) {
        BatchOutcome.Builder outcome = BatchOutcome.newBuilder();
        for (Command command : batch.getCommandList()) {
            outcome.addOutcome(CommandApplier.apply(write, command));
        }
        return outcome.build();
    }

    private void remember(Batch batch, BatchOutcome outcome, boolean newProposer) {
        if (newProposer && write.rows("proposers") >= PROPOSERS_MAX) {
            int forgotten =
                    sql.update(
                            "DELETE FROM proposers WHERE proposer = (SELECT proposer FROM proposers"
                                    + " ORDER BY last_seen, proposer LIMIT 1)");
            write.rowsChanged("proposers", -forgotten);
        }
        sql.update(
                "INSERT INTO proposers (proposer, sequence, outcome, last_seen)"
                        + " VALUES (?, ?, ?, ?) ON CONFLICT (proposer) DO UPDATE SET sequence ="
                        + " excluded.sequence, outcome = excluded.outcome, last_seen ="
                        + " excluded.last_seen",
                batch.getProposer(),
                batch.getSequence(),
                outcome.toByteArray(),
                write.now());
        if (newProposer) {
            write.rowsChanged("proposers", 1);
        }
    }

    private static BatchOutcome parse(Write.Known known) {
        try {
            return BatchOutcome.parseFrom(known.outcome());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("table proposers holds no outcome", e);
        }
    }
}
