package io.miroir.cluster;

import io.miroir.api.keys.Action;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.IndexPattern;
import io.miroir.store.apikey.ApiKeyRow;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/** The store's API keys in the words of the API, and back. */
public final class StoredKeys {
    private StoredKeys() {}

    /** A key as it is stored. */
    public static ApiKey key(ApiKeyRow row) {
        return new ApiKey(
                row.uid(),
                new ApiKey.Label(row.name(), row.description()),
                new ApiKey.Grant(
                        // What a newer pod knows besides, this one can't allow.
                        row.actions().stream()
                                .filter(Action.NAMES::contains)
                                .map(Action::named)
                                .toList(),
                        row.indexes().stream().map(IndexPattern::new).toList(),
                        row.expiry() == null ? null : OffsetDateTime.parse(row.expiry())),
                instant(row.createdAt()),
                instant(row.updatedAt()));
    }

    /** A key to be stored; the store gives the dates. */
    public static ApiKeyRow row(ApiKey key) {
        ApiKey.Grant grant = key.grant();
        return new ApiKeyRow(
                key.uid(),
                key.label().name(),
                key.label().description(),
                grant.actions().stream().map(Action::wireName).toList(),
                grant.indexes().stream().map(IndexPattern::text).toList(),
                grant.expiresAt() == null ? null : grant.expiresAt().toString(),
                0,
                0);
    }

    private static Instant instant(long epochMicros) {
        return Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
    }
}
