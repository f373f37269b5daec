package io.miroir.store.webhook;

import io.miroir.proto.store.ForgetSink;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.Strings;
import io.miroir.proto.store.Webhook;
import io.miroir.sqlite.Cursor;
import io.miroir.store.cdc.CdcApplier;
import io.miroir.store.engine.Stored;
import io.miroir.store.engine.Write;
import io.miroir.store.table.TableSpec;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How {@link WebhookRow} travels and is stored: headers as names and values in turn. */
final class WebhookTable implements TableSpec<String, WebhookRow> {
    @Override
    public String table() {
        return "webhooks";
    }

    @Override
    public int number() {
        return PutRow.WEBHOOK_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("uuid", "url", "headers", "created_at", "updated_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return Webhooks.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(WebhookRow row) {
        Webhook.Builder words = Webhook.newBuilder().setUuid(row.uuid()).setUrl(row.url());
        row.headers().forEach((name, value) -> words.addHeaderName(name).addHeaderValue(value));
        return PutRow.newBuilder().setWebhook(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        Webhook words = put.getWebhook();
        Strings.Builder headers = Strings.newBuilder();
        for (int i = 0; i < words.getHeaderNameCount(); i++) {
            headers.addValue(words.getHeaderName(i)).addValue(words.getHeaderValue(i));
        }
        return new @Nullable Object[] {
            words.getUuid(), words.getUrl(), headers.build().toByteArray(), now, now
        };
    }

    /** Later than before also within a tick of the clock: whoever compares it sees the change. */
    @Override
    public String replacement(String column) {
        return column.equals("updated_at")
                ? "max(excluded.updated_at, updated_at + 1)"
                : TableSpec.super.replacement(column);
    }

    @Override
    public void afterDelete(Write write, List<Object> key) {
        String sink = Webhooks.sink((String) key.getFirst());
        CdcApplier.forget(write, ForgetSink.newBuilder().setSinkName(sink).build());
    }

    @Override
    public WebhookRow read(Cursor row) {
        List<String> turns = Stored.parse(Strings.parser(), row.blob(3)).getValueList();
        SortedMap<String, String> headers = new TreeMap<>();
        for (int i = 0; i + 1 < turns.size(); i += 2) {
            headers.put(turns.get(i), turns.get(i + 1));
        }
        return new WebhookRow(
                row.text(1),
                row.text(2),
                Collections.unmodifiableSortedMap(headers),
                row.number(4),
                row.number(5));
    }
}
