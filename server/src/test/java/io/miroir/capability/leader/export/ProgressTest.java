package io.miroir.capability.leader.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.index.IndexRow;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The next leader knows what was done, by the indexes and not by their names alone. */
class ProgressTest {
    @TempDir Path directory;

    private static IndexRow index(String uid, long incarnation) {
        return new IndexRow(
                uid,
                incarnation,
                "m" + incarnation,
                "id",
                4,
                "{}",
                1,
                IndexRow.Standing.SETTLED,
                0,
                0);
    }

    @Test
    void anotherIndexOfTheNameIsNotDone() {
        try (SqliteTaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {})) {
            Progress first = Progress.take(store, "p", 7);
            first.makes(index("movies", 1));
            first.did(index("movies", 1), 120);
            Progress next = Progress.take(store, "p", 7);
            assertEquals(OptionalLong.of(120), next.done(index("movies", 1)));
            assertTrue(next.made(index("movies", 1)));
            assertEquals(OptionalLong.empty(), next.done(index("movies", 2)));
            assertFalse(next.made(index("movies", 2)));
            assertEquals(OptionalLong.empty(), next.done(index("films", 1)));
            Progress other = Progress.take(store, "p", 8);
            assertEquals(OptionalLong.empty(), other.done(index("movies", 1)));
        }
    }
}
