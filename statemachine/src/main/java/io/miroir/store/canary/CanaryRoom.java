package io.miroir.store.canary;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link Canaries} over commands and SQL. */
public final class CanaryRoom extends KeyedRoom<String, CanaryRow> implements Canaries {
    public static final KeyedTable<String, CanaryRow> TABLE = new KeyedTable<>(new CanaryTable());

    public CanaryRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
