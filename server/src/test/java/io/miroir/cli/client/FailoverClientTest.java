package io.miroir.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailoverClientTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** A POST: the JDK's client sends a GET again by itself, uncounted. */
    private static final ApiCall SEARCH = ApiCall.search("/x/search", Json.object());

    private final AtomicLong nanos = new AtomicLong();

    /** A server that reads a request, then answers with its name or hangs up. */
    private record Server(ServerSocket socket, String answer, AtomicInteger asked)
            implements AutoCloseable {
        static Server start(String answer) throws IOException {
            ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Server server = new Server(socket, answer, new AtomicInteger());
            Thread.ofVirtual().start(server::serve);
            return server;
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    readHead(connection.getInputStream());
                    asked.incrementAndGet();
                    if (!answer.isEmpty()) {
                        connection
                                .getOutputStream()
                                .write(answer.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    // The test closed the socket, or the client did.
                }
            }
        }

        private static void readHead(InputStream in) throws IOException {
            int newlines = 0;
            while (newlines < 2) {
                int b = in.read();
                newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
                if (b < 0) {
                    return;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String ok(String word) {
        return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(word.length() + 2, "\"" + word + "\"");
    }

    /** A port on which nobody listens. */
    private static URI nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    private FailoverClient client(URI... servers) {
        return new FailoverClient(List.of(servers), "key", TIMEOUT, nanos::get);
    }

    @Test
    void serversAreAskedInTurn() throws IOException {
        try (Server a = Server.start(ok("a"));
                Server b = Server.start(ok("b"));
                FailoverClient client = client(a.uri(), b.uri())) {
            assertEquals("a", word(client.call(ApiCall.get("/x"))));
            assertEquals("b", word(client.call(ApiCall.get("/x"))));
            assertEquals("a", word(client.call(ApiCall.get("/x"))));
        }
    }

    @Test
    void aRefusedConnectionTakesAnyCallToTheNextServer() throws IOException {
        URI gone = nobody();
        try (Server b = Server.start(ok("b"));
                FailoverClient client = client(gone, b.uri())) {
            Reply.Answered reply =
                    assertInstanceOf(
                            Reply.Answered.class,
                            client.call(ApiCall.change("POST", "/x", Json.object())));
            assertEquals(b.uri(), reply.by());
            assertEquals(1, reply.skipped());
        }
    }

    @Test
    void aBrokenConnectionIsOnlyFollowedByASecondSendingWhereThatIsSafe() throws IOException {
        try (Server hangsUp = Server.start("");
                Server b = Server.start(ok("b"));
                FailoverClient client = client(hangsUp.uri(), b.uri())) {
            ApiCall change = ApiCall.change("POST", "/x", Json.object());
            Reply.Unanswered lost = assertInstanceOf(Reply.Unanswered.class, client.call(change));
            assertTrue(lost.indeterminate(), "the server may have acted before it hung up");
            assertEquals(0, b.asked().get());

            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            client.call(ApiCall.get("/its/turn/goes/to/b"));
            assertEquals("b", word(client.call(change.withIdempotencyKey("k"))));
        }
    }

    @Test
    void aServerThatFailedIsAskedLastForAWhile() throws IOException {
        try (Server hangsUp = Server.start("");
                Server b = Server.start(ok("b"));
                FailoverClient client = client(hangsUp.uri(), b.uri())) {
            for (int i = 0; i < 4; i++) {
                assertEquals("b", word(client.call(SEARCH)));
            }
            assertEquals(1, hangsUp.asked().get());
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            client.call(SEARCH);
            client.call(SEARCH);
            assertEquals(2, hangsUp.asked().get(), "back in turn");
        }
    }

    @Test
    void nobodyThereIsAnAnswerWithReasonsAndNothingWasSent() throws IOException {
        URI gone = nobody();
        try (FailoverClient client = client(gone)) {
            Reply.Unanswered reply =
                    assertInstanceOf(Reply.Unanswered.class, client.call(ApiCall.get("/x")));
            assertEquals(1, reply.reasons().size());
            assertFalse(reply.indeterminate());
        }
    }

    private static String word(Reply reply) {
        return assertInstanceOf(Reply.Answered.class, reply).answer().json().stringValue();
    }
}
