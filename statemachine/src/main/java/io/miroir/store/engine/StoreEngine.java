package io.miroir.store.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.format.CommandFormats;
import io.miroir.store.format.FormatTable;
import io.miroir.store.format.Formats;
import io.miroir.store.task.TaskIndex;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies batches to the database, in order, in transactions that carry the applied index.
 *
 * <p>One thread calls. {@link #apply} and {@link #skip} open a transaction if none is open; any
 * number of entries may share it until {@link #commit}. Outcomes count only once {@code commit} has
 * returned: until then nobody may be told, and a crash replays the entries from the log. Where the
 * transactions begin and end makes no difference to the tables.
 *
 * <p>A command that no applier can apply is undone alone and answered as rejected, on all pods
 * alike. Every other exception leaves the transaction open: the backend must stop; what was
 * committed before stays.
 */
public final class StoreEngine {
    private static final Logger LOG = LoggerFactory.getLogger(StoreEngine.class);

    private final Database database;
    private final Sql sql;
    private final WatchHub watchers;
    private final CommandFormats formats;
    private final TaskIndex tasks;
    private final List<Entry> open = new ArrayList<>();
    private Write write;
    private boolean careful;
    private int openCommands;
    private volatile Applied committed;
    private volatile long visible;
    private volatile int clusterFormat;

    /** An entry of the open transaction; without a batch only its index counts. */
    private record Entry(long index, long term, long storeTimeMicros, @Nullable Batch batch) {}

    /** With what this program knows. */
    public StoreEngine(Database database, WatchHub watchers) {
        this(database, watchers, CommandFormats.OF_THIS_PROGRAM);
    }

    /**
     * @throws NewerFormatException if the cluster is beyond what the program knows
     */
    public StoreEngine(Database database, WatchHub watchers, CommandFormats formats) {
        this.database = database;
        this.sql = database.writer();
        this.watchers = watchers;
        this.formats = formats;
        this.clusterFormat = FormatTable.get(sql);
        if (clusterFormat > formats.known()) {
            throw new NewerFormatException("a task store", clusterFormat, formats.known());
        }
        this.tasks = TaskIndex.load(sql);
        this.write = new Write(sql, tasks);
        this.committed = write.applied();
        this.visible = committed.index();
    }

    public Database database() {
        return database;
    }

    /** Which tasks match what, as committed; for any thread. */
    public TaskIndex tasks() {
        return tasks;
    }

    /**
     * No read that has ended by now shows what came after this index, though it may be ahead of
     * {@link #committed()} for a moment; for any thread.
     */
    public long visible() {
        return visible;
    }

    /** How far the database has come, as committed; for any thread. */
    public Applied committed() {
        return committed;
    }

    /** What commands it may be given, as committed; for any thread. */
    public Formats formats() {
        return new Formats(clusterFormat, formats.known());
    }

    /** How far it has come with the open transaction. */
    public Applied applied() {
        return write.applied();
    }

    /** Entries of the open transaction; 0 if none is open. */
    public int openEntries() {
        return open.size();
    }

    /** Commands of the open transaction: what a caller bounds its length by. */
    public int openCommands() {
        return openCommands;
    }

    /**
     * Applies one entry.
     *
     * @param index its place in the order, above all applied before
     * @param storeTimeMicros the leader's stamp
     */
    public BatchOutcome apply(long index, long term, long storeTimeMicros, Batch batch) {
        Entry entry = new Entry(index, term, storeTimeMicros, batch);
        enter(entry);
        openCommands += batch.getCommandCount();
        try {
            return run(entry, batch);
        } catch (RuntimeException e) {
            if (careful || !Rejection.sameOnEveryPod(e)) {
                throw e;
            }
            LOG.error("Entry {} holds a command that cannot be applied", index, e);
            return runAgainCarefully();
        }
    }

    /** An entry without commands (a new leader's first, a configuration): only the index moves. */
    public void skip(long index, long term) {
        if (index > write.applied().index()) {
            enter(new Entry(index, term, write.now(), null));
        }
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

    /** Ends the transaction, if one is open; then, and only then, watchers hear of it. */
    public void commit() {
        if (open.isEmpty()) {
            return;
        }
        Applied applied = write.applied();
        applied.save(sql);
        // Before: a reader that sees the transaction must not be told of an older index.
        visible = applied.index();
        sql.commit();
        tasks.apply(write.takeTasks());
        committed = applied;
        clusterFormat = write.clusterFormat();
        open.clear();
        openCommands = 0;
        careful = false;
        List<Change> changes = write.takeChanges();
        watchers.publish(applied.index(), changes);
    }

    private void enter(Entry entry) {
        if (entry.index() <= write.applied().index()) {
            throw new IllegalStateException(
                    "entry " + entry.index() + " after " + write.applied().index());
        }
        if (open.isEmpty()) {
            sql.beginWrite();
        }
        open.add(entry);
        write.enter(entry.index(), entry.term(), entry.storeTimeMicros());
    }

    private BatchOutcome run(Entry entry, Batch batch) {
        if (batch.getFormat() > formats.known()) {
            throw new NewerFormatException(
                    "log entry " + entry.index(), batch.getFormat(), formats.known());
        }
        Sweep.step(write);
        if (batch.getProposer() == 0) {
            return applyAll(batch);
        }
        Write.Known known = write.known(batch.getProposer());
        if (known == null || batch.getSequence() > known.sequence()) {
            BatchOutcome outcome = applyAll(batch);
            Proposers.remember(write, batch, outcome, known == null);
            return outcome;
        }
        // An older batch than the last was given up by its proposer: nobody waits for its answer.
        return batch.getSequence() == known.sequence()
                ? parse(known)
                : BatchOutcome.getDefaultInstance();
    }

    /**
     * The transaction from its beginning, each command undoable by itself: too dear to do always,
     * and needed only where a command was let in that should not have been.
     */
    private BatchOutcome runAgainCarefully() {
        sql.rollback();
        write = new Write(sql, tasks);
        careful = true;
        sql.beginWrite();
        BatchOutcome last = BatchOutcome.getDefaultInstance();
        for (Entry entry : open) {
            write.enter(entry.index(), entry.term(), entry.storeTimeMicros());
            if (entry.batch() != null) {
                last = run(entry, entry.batch());
            }
        }
        return last;
    }

    private BatchOutcome applyAll(Batch batch) {
        BatchOutcome.Builder outcome = BatchOutcome.newBuilder();
        for (Command command : batch.getCommandList()) {
            outcome.addOutcome(
                    careful ? applyUndoably(command) : CommandApplier.apply(write, command));
        }
        return outcome.build();
    }

    private Outcome applyUndoably(Command command) {
        sql.update("SAVEPOINT command");
        Write.Mark mark = write.mark();
        Outcome outcome;
        try {
            outcome = CommandApplier.apply(write, command);
        } catch (RuntimeException e) {
            if (!Rejection.sameOnEveryPod(e)) {
                throw e;
            }
            LOG.error("A {} is rejected on every pod", command.getKindCase(), e);
            sql.update("ROLLBACK TO command");
            write.backTo(mark);
            outcome = Outcomes.REJECTED;
        }
        sql.update("RELEASE command");
        return outcome;
    }

    private static BatchOutcome parse(Write.Known known) {
        try {
            return BatchOutcome.parseFrom(known.outcome());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("table proposers holds no outcome", e);
        }
    }
}
