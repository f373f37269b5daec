package io.miroir.store.job;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link Jobs} over commands and SQL. */
public final class JobRoom extends KeyedRoom<String, JobRow> implements Jobs {
    public static final KeyedTable<String, JobRow> TABLE = new KeyedTable<>(new JobTable());

    public JobRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
