package io.miroir.raft.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.thirdparty.com.google.protobuf.StringValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is no member is dropped at the first word, and nobody listens to him. */
class StrangersTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final byte[] HELLO = {'M', 'R', 'F', 'T', 1};

    private final AtomicInteger asked = new AtomicInteger();
    private LinkServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                new LinkServer(
                        "pod-b",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new Sockets(Optional.empty()),
                        (_, _) -> {
                            asked.incrementAndGet();
                            return CompletableFuture.completedFuture(StringValue.of("heard"));
                        },
                        new LinkMetrics(new CollectorRegistry()));
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void isDropped(byte[] bytes) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            int read;
            try {
                read = in.read();
            } catch (SocketTimeoutException silent) {
                throw new AssertionError("it was kept", silent);
            } catch (IOException reset) {
                read = -1;
            }
            assertEquals(-1, read, "it was answered");
        }
        assertEquals(0, asked.get(), "it was listened to");
    }

    @Test
    void whoSpeaksAnotherLanguageIsDropped() throws Exception {
        isDropped("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        isDropped(new byte[] {'M', 'R', 'F', 'T', 99});
    }

    @Test
    void framesThatNoMemberSendsEndTheConnection() throws Exception {
        for (int length : new int[] {-1, 0, 8, Frames.FRAME_BYTES_MAX + 1}) {
            isDropped(ByteBuffer.allocate(9).put(HELLO).putInt(length).array());
        }
        byte unknown = 100;
        isDropped(ByteBuffer.allocate(18).put(HELLO).putInt(9).put(unknown).putLong(1).array());
    }
}
