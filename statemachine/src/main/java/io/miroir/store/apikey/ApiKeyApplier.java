package io.miroir.store.apikey;

import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.MakeApiKeys;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RelabelApiKey;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes and relabels API keys. */
public final class ApiKeyApplier {
    private ApiKeyApplier() {}

    public static Outcome make(Write write, MakeApiKeys command) {
        List<ApiKey> keys = command.getKeyList();
        boolean taken =
                command.getBegin()
                        ? write.sql().number("SELECT count(*) FROM api_keys_begun") > 0
                        : keys.stream().anyMatch(key -> row(write.sql(), key.getUid()).isPresent());
        if (taken) {
            return Outcomes.NOTHING;
        }
        if (write.rows(ApiKeyTable.NAME) + keys.size() > ApiKeys.ROWS_MAX) {
            return Outcomes.full(ApiKeyTable.NAME, ApiKeys.ROWS_MAX);
        }
        if (command.getBegin()) {
            write.sql().update("INSERT INTO api_keys_begun VALUES (1, ?)", write.now());
        }
        for (int i = 0; i < keys.size(); i++) {
            // One that a cluster begins with may have been made by hand before.
            if (row(write.sql(), keys.get(i).getUid()).isEmpty()) {
                // Lists show the newest first, and the keys of one command in their order.
                insert(write, keys.get(i), write.now() - i);
            }
        }
        return Outcomes.DONE;
    }

    private static void insert(Write write, ApiKey key, long createdAt) {
        write.sql()
                .update(
                        "INSERT INTO api_keys (uid, name, description, actions, indexes, expiry,"
                                + " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        ApiKeyTable.columns(key, createdAt));
        write.rowsChanged(ApiKeyTable.NAME, 1);
        write.changed(
                new Change.ApiKeyChanged(
                        key.getUid(), row(write.sql(), key.getUid()).orElseThrow()));
    }

    public static Outcome relabel(Write write, RelabelApiKey command) {
        @Nullable String name = command.hasName() ? command.getName() : null;
        @Nullable String description = command.hasDescription() ? command.getDescription() : null;
        @Nullable Long expected =
                command.hasExpectedUpdatedAtMicros() ? command.getExpectedUpdatedAtMicros() : null;
        // Later than before also within a tick of the clock: whoever compares it sees the change.
        int changed =
                write.sql()
                        .update(
                                "UPDATE api_keys SET name = ?, description = ?,"
                                        + " updated_at = max(?, updated_at + 1)"
                                        + " WHERE uid = ? AND updated_at = coalesce(?, updated_at)",
                                name,
                                description,
                                write.now(),
                                command.getUid(),
                                expected);
        if (changed > 0) {
            write.changed(
                    new Change.ApiKeyChanged(
                            command.getUid(), row(write.sql(), command.getUid()).orElseThrow()));
        }
        return Outcomes.existed(changed > 0);
    }

    private static Optional<ApiKeyRow> row(Sql sql, String uid) {
        return ApiKeyRoom.TABLE.get(sql, List.of(uid));
    }
}
