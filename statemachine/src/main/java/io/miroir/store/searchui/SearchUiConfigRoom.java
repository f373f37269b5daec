package io.miroir.store.searchui;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link SearchUiConfigs} over commands and SQL. */
public final class SearchUiConfigRoom extends KeyedRoom<String, SearchUiConfigRow>
        implements SearchUiConfigs {
    public static final KeyedTable<String, SearchUiConfigRow> TABLE =
            new KeyedTable<>(new SearchUiConfigTable());

    public SearchUiConfigRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
