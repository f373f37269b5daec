package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.store.Digests;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digests of large tables take their time: whoever waits for them is told, or may end them. */
class DigestReadsTest {
    private static final int ROWS = 10_000;

    @Test
    void whoMakesDigestsOfManyRowsCanBeStopped(@TempDir Path dir) {
        try (Entries log = new Entries(dir)) {
            log.sql().update("CREATE TABLE many (id INTEGER PRIMARY KEY)");
            log.sql()
                    .update(
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i"
                                    + " < ?) INSERT INTO many SELECT i FROM n",
                            ROWS);
            AtomicInteger called = new AtomicInteger();
            Digests told = DigestReads.digests(log.sql(), called::incrementAndGet);
            assertEquals(DigestReads.tables(log.sql()).size() + 2, called.get());
            assertEquals(DigestReads.digests(log.sql()), told);
            assertThrows(
                    CancellationException.class,
                    () ->
                            DigestReads.digests(
                                    log.sql(),
                                    () -> {
                                        throw new CancellationException("nobody waits");
                                    }));
            assertEquals(told, log.digests());
        }
    }
}
