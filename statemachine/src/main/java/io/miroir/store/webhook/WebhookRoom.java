package io.miroir.store.webhook;

import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link Webhooks} over commands and SQL. */
public final class WebhookRoom extends KeyedRoom<String, WebhookRow> implements Webhooks {
    public static final KeyedTable<String, WebhookRow> TABLE = new KeyedTable<>(new WebhookTable());

    public WebhookRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }

    @Override
    public Reply<Boolean> replace(WebhookRow row) {
        return replace(row, row.updatedAt());
    }
}
