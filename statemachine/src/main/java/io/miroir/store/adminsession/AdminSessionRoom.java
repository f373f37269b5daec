package io.miroir.store.adminsession;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link AdminSessions} over commands and SQL. */
public final class AdminSessionRoom extends KeyedRoom<String, AdminSessionRow>
        implements AdminSessions {
    public static final KeyedTable<String, AdminSessionRow> TABLE =
            new KeyedTable<>(new AdminSessionTable());

    public AdminSessionRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
