package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.miroir.api.ApiException;
import io.miroir.edge.http.Answer;
import io.miroir.store.backup.BackupStream;
import io.miroir.store.backup.OnlineBackup;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod that cannot make a backup passes on another pod's. */
class BackupRoutesTest {
    private static final byte[] OF_ANOTHER = {1, 2, 3};

    private final AtomicBoolean closed = new AtomicBoolean();

    @SuppressWarnings("NullAway.Init")
    private SqliteTaskStore store;

    @SuppressWarnings("NullAway.Init")
    private OnlineBackup own;

    @BeforeEach
    void open(@TempDir Path dir) {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-0", dir.resolve("data")),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        failure -> {
                            throw new AssertionError("the store failed", failure);
                        });
        own = new OnlineBackup(store, dir, "test");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private BackupRoutes routes(Optional<BackupStream> another) {
        return new BackupRoutes(
                new Auth(List::of, List::of, _ -> fail("no client asks"), InstantSource.system()),
                new Edge.Backups(own, () -> another, _ -> another));
    }

    private final class Another implements BackupStream {
        @Override
        public long bytes() {
            return OF_ANOTHER.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(OF_ANOTHER);
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    @Test
    void whereOnesOwnIsUnderWayAnothersIsPassedOn() throws Exception {
        try (OnlineBackup.Taken.Copy _ =
                assertInstanceOf(OnlineBackup.Taken.Copy.class, own.take())) {
            Answer answer = routes(Optional.of(new Another())).take();
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            try (Answer.Streamed body = Objects.requireNonNull(answer.streamed())) {
                assertEquals(OF_ANOTHER.length, body.bytes());
                body.writeTo(sent);
            }
            assertArrayEquals(OF_ANOTHER, sent.toByteArray());
            assertTrue(closed.get());
        }
    }

    @Test
    void whereNobodyMakesOneTheReasonIsTold() throws Exception {
        try (OnlineBackup.Taken.Copy _ =
                assertInstanceOf(OnlineBackup.Taken.Copy.class, own.take())) {
            ApiException refused =
                    assertThrows(ApiException.class, () -> routes(Optional.empty()).take());
            assertTrue(String.valueOf(refused.getMessage()).contains("under way"));
        }
    }
}
