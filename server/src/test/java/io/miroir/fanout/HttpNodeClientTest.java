package io.miroir.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One exchange with a node. */
class HttpNodeClientTest {
    private static final long BODY_BYTES = 1L << 30;

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    /** Zeros without end. */
    private final class Endless extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return length;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private InputStream body() {
        opened.incrementAndGet();
        return new Endless();
    }

    /** A file that is given up in the middle must not stay open until the collector finds it. */
    @Test
    void aBodyThatIsNotReadToItsEndIsClosed() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                HttpClient http = HttpClient.newHttpClient()) {
            URI address = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            HttpNodeClient client =
                    new HttpNodeClient(http, new NodeEndpoint("node", address), "key");
            NodeRequest request =
                    new NodeRequest(
                            "documents",
                            "POST",
                            "/indexes/m1/documents",
                            new NodeBody.Stream("application/x-ndjson", BODY_BYTES, this::body),
                            Duration.ofSeconds(1));
            NodeReply.Failure reply =
                    assertInstanceOf(NodeReply.Failure.class, client.send(request));
            assertEquals(NodeReply.Kind.TIMEOUT, reply.kind());
            assertEquals(1, opened.get());
            assertEquals(1, closed.get());
            http.shutdownNow();
        }
    }
}
