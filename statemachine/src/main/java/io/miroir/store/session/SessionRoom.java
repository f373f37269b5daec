package io.miroir.store.session;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link Sessions} over commands and SQL. */
public final class SessionRoom extends KeyedRoom<String, SessionRow> implements Sessions {
    public static final KeyedTable<String, SessionRow> TABLE = new KeyedTable<>(new SessionTable());

    public SessionRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
