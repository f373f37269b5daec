package io.miroir.store.seal;

import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.Reseal;
import io.miroir.proto.store.Strings;
import io.miroir.store.clientobject.ClientObjectRoom;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import io.miroir.store.index.IndexApplier;
import io.miroir.store.webhook.WebhookRoom;
import io.miroir.store.webhook.WebhookRow;
import java.util.List;
import java.util.Optional;

/** Puts sealed values in the place of those that were read. */
public final class SealApplier {
    private SealApplier() {}

    public static Outcome reseal(Write write, Reseal reseal) {
        return Outcomes.existed(
                switch (reseal.getRowCase()) {
                    case INCARNATION -> index(write, reseal);
                    case TASK_UID -> task(write, reseal);
                    case WEBHOOK_UUID -> webhook(write, reseal);
                    case CLIENT_OBJECT_NAME -> object(write, reseal);
                    case ROW_NOT_SET -> throw new IllegalArgumentException("a seal of no row");
                });
    }

    private static boolean index(Write write, Reseal reseal) {
        long incarnation = reseal.getIncarnation();
        boolean same = same(SecretReads.index(write.sql(), incarnation), reseal);
        if (same) {
            write.sql()
                    .update(
                            "UPDATE indexes SET settings_json = ? WHERE incarnation = ?",
                            reseal.getValue(0),
                            incarnation);
            IndexApplier.changed(write, incarnation);
        }
        return same;
    }

    private static boolean task(Write write, Reseal reseal) {
        boolean same = same(SecretReads.task(write.sql(), reseal.getTaskUid()), reseal);
        if (same) {
            write.sql()
                    .update(
                            "UPDATE tasks SET details_json = ? WHERE uid = ?",
                            reseal.getValue(0),
                            reseal.getTaskUid());
        }
        return same;
    }

    private static boolean webhook(Write write, Reseal reseal) {
        Optional<WebhookRow> row =
                WebhookRoom.TABLE.get(write.sql(), List.of(reseal.getWebhookUuid()));
        boolean same = same(row.map(SecretReads::row), reseal);
        if (same) {
            Strings.Builder headers = Strings.newBuilder();
            int next = 0;
            for (String name : row.orElseThrow().headers().keySet()) {
                headers.addValue(name).addValue(reseal.getValue(next++));
            }
            write.sql()
                    .update(
                            "UPDATE webhooks SET headers = ? WHERE uuid = ?",
                            headers.build().toByteArray(),
                            reseal.getWebhookUuid());
        }
        return same;
    }

    private static boolean object(Write write, Reseal reseal) {
        String name = reseal.getClientObjectName();
        boolean same =
                same(
                        ClientObjectRoom.TABLE
                                .get(write.sql(), List.of(name))
                                .map(SecretReads::row),
                        reseal);
        if (same) {
            write.sql()
                    .update(
                            "UPDATE client_objects SET json = ? WHERE name = ?",
                            reseal.getValue(0),
                            name);
        }
        return same;
    }

    private static boolean same(Optional<SecretRow> row, Reseal reseal) {
        return row.filter(found -> found.values().size() == reseal.getValueCount())
                .filter(found -> found.sha256().equals(reseal.getValuesSha256()))
                .isPresent();
    }
}
