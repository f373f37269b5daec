package io.miroir.fanout.spool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies wait in memory or in files, within a quota, and leave nothing behind. */
class SpoolerTest {
    private static final int MEMORY_BYTES = 100_000;

    @TempDir Path directory;

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @Test
    void smallBodiesStayInMemoryAndLargeOnesGoToFiles() throws IOException {
        Spooler spooler = new Spooler(directory, MEMORY_BYTES, 10 << 20);
        for (int size : new int[] {0, 1, MEMORY_BYTES, MEMORY_BYTES + 1}) {
            byte[] sent = bytes(size);
            Spooler.Received received = spooler.receive(new ByteArrayInputStream(sent));
            try (Spooled body = received.body()) {
                assertEquals(size > MEMORY_BYTES ? 1 : 0, files());
                assertEquals(size, body.lengthBytes());
                // Read twice: once to look, once to send.
                assertArrayEquals(sent, body.open().readAllBytes());
                assertArrayEquals(sent, body.open().readAllBytes());
            }
            assertEquals(0, files());
        }
    }

    @Test
    void beyondTheQuotaBodiesAreRefusedAndNothingStays() throws IOException {
        Spooler spooler = new Spooler(directory, MEMORY_BYTES, 1 << 20);
        byte[] large = bytes(900_000);
        try (Spooled first = spooler.receive(new ByteArrayInputStream(large)).body()) {
            ApiException refused =
                    assertThrows(
                            ApiException.class,
                            () -> spooler.receive(new ByteArrayInputStream(large)));
            assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
            assertEquals(900_000, first.lengthBytes());
            assertEquals(1, files());
        }
        // What was given back can be used again.
        spooler.receive(new ByteArrayInputStream(large)).body().close();
        assertEquals(0, files());
    }

    @Test
    void aBodyThatIsSharedGoesWithItsLastShare() throws IOException {
        Spooler spooler = new Spooler(directory, MEMORY_BYTES, 1 << 20);
        byte[] large = bytes(900_000);
        Spooled first = spooler.receive(new ByteArrayInputStream(large)).body();
        Spooled second = first.share();
        first.close();
        first.close();
        assertEquals(1, files());
        assertArrayEquals(large, second.open().readAllBytes());
        second.close();
        assertEquals(0, files());
        spooler.receive(new ByteArrayInputStream(large)).body().close();
    }

    @Test
    void whatAnEarlierRunLeftIsDeleted() throws IOException {
        Files.writeString(directory.resolve("body-1.spool"), "old");
        new Spooler(directory, MEMORY_BYTES, 1);
        assertEquals(0, files());
    }
}
