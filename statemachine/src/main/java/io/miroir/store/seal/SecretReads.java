package io.miroir.store.seal;

import io.miroir.sqlite.Sql;
import io.miroir.store.clientobject.ClientObjectRoom;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.clientobject.ClientObjects;
import io.miroir.store.task.TaskType;
import io.miroir.store.webhook.WebhookRoom;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what may hold secrets. */
final class SecretReads {
    private SecretReads() {}

    static List<SecretRow> list(Sql sql) {
        List<SecretRow> rows = new ArrayList<>();
        rows.addAll(
                sql.all(
                        "SELECT incarnation, settings_json FROM indexes ORDER BY incarnation",
                        row -> row(SecretRow.Kind.INDEX, row.number(1), row.text(2))));
        rows.addAll(
                sql.all(
                        "SELECT uid, details_json FROM tasks WHERE status IN (0, 1)"
                                + " AND type IN (?, ?) ORDER BY uid",
                        row -> row(SecretRow.Kind.TASK, row.number(1), row.text(2)),
                        TaskType.SETTINGS_UPDATE.code(),
                        TaskType.EXPORT.code()));
        WebhookRoom.TABLE.list(sql, Webhooks.ROWS_MAX).forEach(webhook -> rows.add(row(webhook)));
        ClientObjectRoom.TABLE
                .list(sql, ClientObjects.ROWS_MAX)
                .forEach(object -> rows.add(row(object)));
        return rows;
    }

    static Optional<SecretRow> index(Sql sql, long incarnation) {
        return sql.first(
                "SELECT settings_json FROM indexes WHERE incarnation = ?",
                row -> row(SecretRow.Kind.INDEX, incarnation, row.text(1)),
                incarnation);
    }

    static Optional<SecretRow> task(Sql sql, long uid) {
        return sql.first(
                "SELECT details_json FROM tasks WHERE uid = ?",
                row -> row(SecretRow.Kind.TASK, uid, row.text(1)),
                uid);
    }

    static SecretRow row(WebhookRow webhook) {
        return new SecretRow(
                SecretRow.Kind.WEBHOOK, webhook.uuid(), List.copyOf(webhook.headers().values()));
    }

    static SecretRow row(ClientObjectRow object) {
        return new SecretRow(SecretRow.Kind.CLIENT_OBJECT, object.name(), List.of(object.json()));
    }

    private static SecretRow row(SecretRow.Kind kind, long key, String json) {
        return new SecretRow(kind, Long.toString(key), List.of(json));
    }
}
