package io.miroir.store.tenant;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link Tenants} over commands and SQL. */
public final class TenantRoom extends KeyedRoom<String, TenantRow> implements Tenants {
    public static final KeyedTable<String, TenantRow> TABLE = new KeyedTable<>(new TenantTable());

    public TenantRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
