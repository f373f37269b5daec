package io.miroir.store.webhook;

import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.seal.Seals;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@link Webhooks} over commands and SQL. */
public final class WebhookRoom extends KeyedRoom<String, WebhookRow> implements Webhooks {
    public static final KeyedTable<String, WebhookRow> TABLE = new KeyedTable<>(new WebhookTable());

    private final Seals seals;

    public WebhookRoom(Proposer proposer, Reads reads, Seals seals) {
        super(proposer, reads, TABLE);
        this.seals = seals;
    }

    @Override
    protected WebhookRow opened(WebhookRow row) {
        SortedMap<String, String> headers = new TreeMap<>(row.headers());
        headers.replaceAll((_, value) -> seals.openHeader(value));
        return new WebhookRow(row.uuid(), row.url(), headers, row.createdAt(), row.updatedAt());
    }

    @Override
    public Reply<Boolean> replace(WebhookRow row) {
        return replace(row, row.updatedAt());
    }
}
