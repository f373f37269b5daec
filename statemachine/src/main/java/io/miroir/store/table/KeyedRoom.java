package io.miroir.store.table;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteRow;
import io.miroir.proto.store.KeyPart;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.Table;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Optional;

/** {@link Table} over commands and SQL; a room with more words adds them in its subclass. */
public abstract class KeyedRoom<K, R> implements Table<K, R> {
    private final Proposer proposer;
    private final Reads reads;
    private final KeyedTable<K, R> table;

    protected KeyedRoom(Proposer proposer, Reads reads, KeyedTable<K, R> table) {
        this.proposer = proposer;
        this.reads = reads;
        this.table = table;
    }

    @Override
    public final Reply<Put> put(R row) {
        return proposer.propose(
                Command.newBuilder().setPutRow(table.spec().put(row)), KeyedRoom::words);
    }

    /**
     * Puts a row in the place of the one that was last changed at that store time; answers whether
     * it was still there. Of time 0, puts it only where there is none. Of tables with a column
     * {@code updated_at} that grows at each change.
     */
    protected final Reply<Boolean> replace(R row, long expectedUpdatedAt) {
        PutRow.Builder put =
                table.spec().put(row).toBuilder().setExpectedUpdatedAtMicros(expectedUpdatedAt);
        return proposer.propose(
                Command.newBuilder().setPutRow(put),
                outcome ->
                        switch (outcome.getKindCase()) {
                            case DONE -> true;
                            case NOTHING -> false;
                            default -> throw Proposer.unexpected(outcome);
                        });
    }

    @Override
    public final Reply<Boolean> delete(K key) {
        DeleteRow.Builder delete = DeleteRow.newBuilder().setTable(table.spec().number());
        for (Object part : table.spec().key(key)) {
            delete.addKey(
                    switch (part) {
                        case String text -> KeyPart.newBuilder().setText(text);
                        case Long number -> KeyPart.newBuilder().setNumber(number);
                        case byte[] blob -> KeyPart.newBuilder().setBlob(ByteString.copyFrom(blob));
                        default -> throw new IllegalStateException("no key part " + part);
                    });
        }
        return proposer.propose(Command.newBuilder().setDeleteRow(delete), Outcome::getExisted);
    }

    @Override
    public final Optional<R> get(ReadLevel level, K key) {
        return reads.point(level, sql -> table.get(sql, table.spec().key(key)))
                .filter(this::living)
                .map(this::opened);
    }

    @Override
    public final List<R> list(ReadLevel level, int limit) {
        if (limit < 1 || limit > LIST_LIMIT_MAX) {
            throw new IllegalArgumentException(limit + " rows, 1 to " + LIST_LIMIT_MAX);
        }
        return reads.scan(level, sql -> table.list(sql, limit)).stream()
                .filter(this::living)
                .map(this::opened)
                .toList();
    }

    /** The row as callers get it: where it holds sealed values, with these open. */
    protected R opened(R row) {
        return row;
    }

    private boolean living(R row) {
        return table.spec().living(row, reads.nowMicros());
    }

    private static Put words(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case DONE -> new Put.Written();
            case FULL -> new Put.Full(outcome.getFull().getRowsMax());
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
