package io.miroir.store.lease;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link Leases} over commands and SQL. */
public final class LeaseRoom extends KeyedRoom<String, LeaseRow> implements Leases {
    public static final KeyedTable<String, LeaseRow> TABLE = new KeyedTable<>(new LeaseTable());

    public LeaseRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
