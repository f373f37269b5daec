package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.raft.RaftStoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is configured of the log reaches the store. */
class StoreOpeningTest {
    @TempDir Path dir;

    private RaftStoreConfig.Tuning tuning(String more) throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("miroir.yaml"),
                        """
                        miroir:
                          env: development
                          replication_factor: 1
                          nodes:
                            - {id: node-0, address: 'http://127.0.0.1:1'}
                        """
                                + more);
        LoadOutcome outcome = ConfigLoader.load(file, Map.of(), Map.of());
        return StoreOpening.tuning(assertInstanceOf(LoadOutcome.Loaded.class, outcome).config());
    }

    @Test
    void timesAndSizesOfTheLogAreThoseThatAreConfigured() throws IOException {
        assertEquals(RaftStoreConfig.Tuning.DEFAULT, tuning(""));
        assertEquals(
                new RaftStoreConfig.Tuning(
                        700,
                        1_700,
                        12_345,
                        67_000,
                        RaftStoreConfig.Tuning.DEFAULT.segmentBytesMax()),
                tuning(
                        """
                          raft: {election_timeout_min_ms: 700, election_timeout_max_ms: 1700}
                          task_store: {snapshot_entries: 12345, snapshot_interval_s: 67}
                        """));
    }
}
