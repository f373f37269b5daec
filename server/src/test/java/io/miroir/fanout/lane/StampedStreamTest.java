package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.routing.Separators;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Positions are written into sequence numbers while documents are sent. */
class StampedStreamTest {
    private static final int SHARD = 11;

    private static byte[] lines(String... documents) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        StampedLine line = new StampedLine();
        for (int i = 0; i < documents.length; i++) {
            byte[] json = documents[i].getBytes(StandardCharsets.UTF_8);
            line.write(new StampedLine.Head(SHARD), i, json, 0, json.length);
            lines.write(line.bytes(), 0, line.length());
        }
        return lines.toByteArray();
    }

    /** Also those whose bytes look like the ends of lines and the beginnings of others. */
    @Test
    void eachLineGetsThePositionHoweverItIsRead() throws IOException {
        long position = 5;
        String[] documents = {
            "{\"id\":1}",
            "{\"id\":\"_miroir_seq ----\"}",
            "{\n\"id\":2,\n\"_miroir_seq\":3\n}",
            "{\"id\":\"" + "x".repeat(70_000) + "\"}"
        };
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < documents.length; i++) {
            expected.append("{\"_miroir_seq\":\"")
                    .append(Separators.seq((position << StampedLine.ORDINAL_BITS) | i))
                    .append("\",\"_miroir_shard\":\"")
                    .append(Separators.shard(SHARD))
                    .append("\",")
                    .append(documents[i], 1, documents[i].length())
                    .append('\n');
        }
        byte[] bytes = lines(documents);
        for (int chunk : new int[] {1, 7, 64, 10_000, 1 << 20}) {
            StringBuilder read = new StringBuilder();
            try (InputStream in = new StampedStream(new ByteArrayInputStream(bytes), position)) {
                byte[] buffer = new byte[chunk];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    read.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                }
            }
            assertEquals(expected.toString(), read.toString());
        }
    }

    /** Later positions sort after earlier ones, whatever the place inside the request. */
    @Test
    void theOrderOfPositionsIsTheOrderOfTheTexts() {
        String early = Separators.seq((5L << StampedLine.ORDINAL_BITS) | 999_999);
        String late = Separators.seq(6L << StampedLine.ORDINAL_BITS);
        assertEquals(-1, Integer.signum(early.compareTo(late)));
    }
}
