package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.KeyDesk;
import io.miroir.api.keys.KnownKeys;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.StoredKeys;
import io.miroir.cluster.lease.Reports;
import io.miroir.store.ReadLevel;
import io.miroir.store.apikey.ApiKeys;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Clients' keys in the task store. What is answered holds on every pod that lets keys in: one that
 * was made opens all of them, one that was revoked none (protocol, rule 9).
 */
final class KeyKeeper implements KeyDesk.Keeper {
    private final ApiKeys stored;
    private final ClusterView view;
    private final Reports reports;

    KeyKeeper(ApiKeys stored, ClusterView view, Reports reports) {
        this.stored = stored;
        this.view = view;
        this.reports = reports;
    }

    @Override
    public KnownKeys keys() {
        return view.keys();
    }

    @Override
    public @Nullable ApiKey make(ApiKey key) throws InterruptedException {
        return switch (reports.told(stored.make(StoredKeys.row(key)))) {
            case ApiKeys.Making.Made _ -> read(key.uid()).orElse(key);
            case ApiKeys.Making.Taken _ -> null;
            case ApiKeys.Making.Full full ->
                    throw new ApiException(
                            ErrorCode.MIROIR_OVERLOADED,
                            "There are as many API keys as there may be: " + full.rowsMax());
        };
    }

    @Override
    public @Nullable ApiKey relabel(String uid, UnaryOperator<ApiKey.Label> change)
            throws InterruptedException {
        Optional<ApiKey> relabelled =
                ComparedChange.make(
                        () -> stored.get(ReadLevel.LINEARIZABLE, uid),
                        row -> {
                            ApiKey.Label label = change.apply(StoredKeys.key(row).label());
                            boolean made =
                                    reports.told(
                                            stored.relabel(row, label.name(), label.description()));
                            return made ? read(uid) : Optional.empty();
                        });
        return relabelled.orElse(null);
    }

    @Override
    public boolean delete(String uid) throws InterruptedException {
        return reports.told(stored.delete(uid));
    }

    private Optional<ApiKey> read(String uid) {
        return stored.get(ReadLevel.LOCAL, uid).map(StoredKeys::key);
    }
}
