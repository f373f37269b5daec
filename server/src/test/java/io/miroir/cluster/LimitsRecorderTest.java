package io.miroir.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the leader's file says of caps and lifetimes holds in the store, once for all pods. */
class LimitsRecorderTest {
    private static final Map<String, String> SECRETS =
            Map.of(
                    "MIROIR_MASTER_KEY", "client-key-of-16-bytes",
                    "MIROIR_NODE_MASTER_KEY", "node-key-of-16-bytes");

    @Test
    void theDefaultsOfTheFileAreThoseOfANewStore(@TempDir Path dir) throws Exception {
        MiroirConfig config = config(dir, "");
        assertEquals(StoreLimits.DEFAULT, LimitsRecorder.configured(config));
    }

    @Test
    void aChangedFileChangesTheRowOnce(@TempDir Path dir) throws Exception {
        MiroirConfig config =
                config(
                        dir,
                        """
                          idempotency: {ttl_seconds: 60, max_cached_keys: 500}
                          session_pinning: {ttl_seconds: 30, max_sessions: 501}
                          task_registry: {max_tasks: 5000, retention_seconds: 90}
                          task_store: {max_jobs: 502, job_retention_s: 7291, max_rate_buckets: 503}
                          aliases: {history_retention: 3}
                          canary_runner: {run_history_per_canary: 4}
                          cdc: {buffer: {overflow_bytes: 505}}
                        """);
        try (TaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-a", dir.resolve("data")),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        failure -> {
                            throw new AssertionError("the store failed", failure);
                        })) {
            LimitsRecorder recorder = new LimitsRecorder(config);
            recorder.step(store);
            recorder.step(store);
            LimitsRow row = store.limits().get(ReadLevel.LOCAL);
            assertEquals(2, row.version());
            assertEquals(
                    new StoreLimits(
                            5_000,
                            90_000_000,
                            500,
                            60_000_000,
                            501,
                            30_000_000,
                            502,
                            7_291_000_000L,
                            3,
                            4,
                            505,
                            503),
                    row.limits());
        }
    }

    private static MiroirConfig config(Path dir, String more) throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("miroir.yaml"),
                        """
                        miroir:
                          replication_factor: 1
                          nodes:
                            - {id: a, address: "http://127.0.0.1:7701"}
                        """
                                + more);
        return switch (ConfigLoader.load(file, SECRETS, Map.of())) {
            case LoadOutcome.Loaded loaded -> loaded.config();
            case LoadOutcome.Refused refused -> throw new AssertionError(refused.errors());
        };
    }
}
