package io.miroir.store.cdc;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link CdcCursors} over commands and SQL. */
public final class CdcCursorRoom extends KeyedRoom<CdcCursorKey, CdcCursorRow>
        implements CdcCursors {
    public static final KeyedTable<CdcCursorKey, CdcCursorRow> TABLE =
            new KeyedTable<>(new CdcCursorTable());

    public CdcCursorRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
