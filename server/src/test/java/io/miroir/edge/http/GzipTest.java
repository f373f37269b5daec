package io.miroir.edge.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Which answers are sent in gzip, and to whom. */
class GzipTest {
    @Test
    void whoAsksForItTakesIt() {
        for (String accepted :
                List.of("gzip", "br, GZIP;q=0.5", "deflate,x-gzip", "*", "identity;q=0, *;q=0.1")) {
            assertTrue(Gzip.isAccepted(accepted), accepted);
        }
        for (String other :
                List.of("", "identity", "br, deflate", "gzip;q=0", "*, gzip; q=0.000", "*;q=0")) {
            assertFalse(Gzip.isAccepted(other), other);
        }
        assertFalse(Gzip.isAccepted(null));
    }

    @Test
    void whatIsShortOrNoTextIsSentAsItIs() {
        String longest = "x".repeat(Gzip.BYTES_MIN - 1);
        assertFalse(Gzip.suits(Answer.text(200, "text/plain", longest)));
        assertTrue(Gzip.suits(Answer.text(200, "text/plain; version=0.0.4", longest + "x")));
        assertTrue(Gzip.suits(Answer.passed(202, new byte[Gzip.BYTES_MIN])));
        assertFalse(Gzip.suits(Answer.bytes(200, "application/x-tar", new byte[1 << 20])));
        assertFalse(Gzip.suits(Answer.empty(204)));
    }

    @Test
    void whatIsPackedIsTheSame() throws IOException {
        byte[] body = "{\"a\": 1}".repeat(1000).getBytes(StandardCharsets.UTF_8);
        byte[] packed = Gzip.of(body);
        assertTrue(packed.length < body.length / 10, () -> packed.length + " bytes");
        assertArrayEquals(
                body, new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes());
    }
}
