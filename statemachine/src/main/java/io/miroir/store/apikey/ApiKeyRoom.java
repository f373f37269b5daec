package io.miroir.store.apikey;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link ApiKeys} over commands and SQL. */
public final class ApiKeyRoom extends KeyedRoom<String, ApiKeyRow> implements ApiKeys {
    public static final KeyedTable<String, ApiKeyRow> TABLE = new KeyedTable<>(new ApiKeyTable());

    public ApiKeyRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
