package io.miroir.store.clientobject;

import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.seal.Seals;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link ClientObjects} over commands and SQL. */
public final class ClientObjectRoom extends KeyedRoom<String, ClientObjectRow>
        implements ClientObjects {
    public static final KeyedTable<String, ClientObjectRow> TABLE =
            new KeyedTable<>(new ClientObjectTable());

    private final Seals seals;

    public ClientObjectRoom(Proposer proposer, Reads reads, Seals seals) {
        super(proposer, reads, TABLE);
        this.seals = seals;
    }

    @Override
    protected ClientObjectRow opened(ClientObjectRow row) {
        return new ClientObjectRow(
                row.name(), seals.openJson(row.json()), row.createdAt(), row.updatedAt());
    }

    @Override
    public Reply<Boolean> replace(ClientObjectRow row) {
        return replace(row, row.updatedAt());
    }
}
