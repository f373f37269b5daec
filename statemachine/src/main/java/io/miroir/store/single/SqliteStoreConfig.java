package io.miroir.store.single;

import io.miroir.store.engine.Batcher;
import io.miroir.store.seal.Seals;
import java.nio.file.Path;

/**
 * How to open the store of one pod.
 *
 * @param podId this pod, as it appears in rows
 * @param dataDir holds {@code store.db}; made if it is not there
 * @param limits bounds of the queue, of a transaction and of the wait
 * @param seals by which secrets are sealed
 */
public record SqliteStoreConfig(String podId, Path dataDir, Batcher.Limits limits, Seals seals) {
    private static final Batcher.Limits LIMITS = new Batcher.Limits(16_384, 4_096, 4 << 20, 5_000);

    /** With limits that fit 2 vCPU and 3.75 GB. */
    public static SqliteStoreConfig of(String podId, Path dataDir) {
        return new SqliteStoreConfig(podId, dataDir, LIMITS, Seals.NONE);
    }

    /** The same, with secrets sealed. */
    public SqliteStoreConfig sealing(Seals others) {
        return new SqliteStoreConfig(podId, dataDir, limits, others);
    }
}
