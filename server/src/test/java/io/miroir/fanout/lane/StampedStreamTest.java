package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.routing.Separators;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Positions are written into sequence numbers while documents are sent. */
class StampedStreamTest {
    private static String lines() {
        return StampedStream.HEAD
                + StampedStream.unplaced(0)
                + "\",\"id\":1}\n"
                + StampedStream.HEAD
                + StampedStream.unplaced(1)
                + "\",\"id\":\"_miroir_seq ----\"}\n";
    }

    @Test
    void eachLineGetsThePositionHoweverItIsRead() throws IOException {
        long position = 5;
        String expected =
                StampedStream.HEAD
                        + Separators.seq(position << StampedStream.ORDINAL_BITS)
                        + "\",\"id\":1}\n"
                        + StampedStream.HEAD
                        + Separators.seq((position << StampedStream.ORDINAL_BITS) | 1)
                        + "\",\"id\":\"_miroir_seq ----\"}\n";
        byte[] bytes = lines().getBytes(StandardCharsets.UTF_8);
        for (int chunk : new int[] {1, 7, 64, 10_000}) {
            StringBuilder read = new StringBuilder();
            try (InputStream in = new StampedStream(new ByteArrayInputStream(bytes), position)) {
                byte[] buffer = new byte[chunk];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    read.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                }
            }
            assertEquals(expected, read.toString());
        }
    }

    /** Later positions sort after earlier ones, whatever the place inside the request. */
    @Test
    void theOrderOfPositionsIsTheOrderOfTheTexts() {
        String early = Separators.seq((5L << StampedStream.ORDINAL_BITS) | 999_999);
        String late = Separators.seq(6L << StampedStream.ORDINAL_BITS);
        assertEquals(-1, Integer.signum(early.compareTo(late)));
    }
}
