package io.miroir.store.idempotency;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link IdempotencyKeys} over commands and SQL. */
public final class IdempotencyRoom extends KeyedRoom<String, IdempotencyRow>
        implements IdempotencyKeys {
    public static final KeyedTable<String, IdempotencyRow> TABLE =
            new KeyedTable<>(new IdempotencyTable());

    public IdempotencyRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
