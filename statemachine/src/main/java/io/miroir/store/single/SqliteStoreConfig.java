package io.miroir.store.single;

import io.miroir.store.engine.Batcher;
import java.nio.file.Path;

/**
 * How to open the store of one pod.
 *
 * @param podId this pod, as it appears in rows
 * @param dataDir holds {@code store.db}; made if it is not there
 * @param limits bounds of the queue, of a transaction and of the wait
 */
public record SqliteStoreConfig(String podId, Path dataDir, Batcher.Limits limits) {
    private static final Batcher.Limits LIMITS = new Batcher.Limits(16_384, 4_096, 4 << 20, 5_000);

    /** With limits that fit 2 vCPU and 3.75 GB. */
    public static SqliteStoreConfig of(String podId, Path dataDir) {
        return new SqliteStoreConfig(podId, dataDir, LIMITS);
    }
}
