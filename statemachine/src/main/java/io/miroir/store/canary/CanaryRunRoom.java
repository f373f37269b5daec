package io.miroir.store.canary;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link CanaryRuns} over commands and SQL. */
public final class CanaryRunRoom extends KeyedRoom<CanaryRunKey, CanaryRunRow>
        implements CanaryRuns {
    public static final KeyedTable<CanaryRunKey, CanaryRunRow> TABLE =
            new KeyedTable<>(new CanaryRunTable());

    public CanaryRunRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
