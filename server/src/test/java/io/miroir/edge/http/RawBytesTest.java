package io.miroir.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that no client library sends: where a request ends must never be a matter of opinion, or
 * what follows it is somebody else's request (smuggling).
 */
class RawBytesTest {
    /** More than a busy machine lets a thread wait for its turn. */
    private static final int SILENCE_MILLIS = 1_000;

    private static final int PATIENCE_MILLIS = 60_000;
    private static final int LARGE_BYTES = 64 << 20;
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final HttpServer server = serve(SILENCE_MILLIS);

    private HttpServer serve(int silenceMillis) {
        return HttpServer.start(
                "127.0.0.1",
                0,
                new HttpServer.Limits(1 << 20, 16 << 10, silenceMillis, 20_000),
                RandomGenerator.of("L64X128MixRandom"),
                Router.of(
                        List.of(
                                new Router.Route("POST", "/echo", this::echo),
                                new Router.Route("GET", "/large", _ -> large()),
                                new Router.Route("GET", "/hidden", _ -> hidden()))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Answer echo(Request request) throws IOException {
        byte[] body = request.body().readAllBytes();
        seen.add("echo " + new String(body, StandardCharsets.ISO_8859_1));
        return Answer.empty(204);
    }

    private Answer hidden() {
        seen.add("hidden");
        return Answer.empty(204);
    }

    private static Answer large() {
        return Answer.bytes(200, "text/plain", new byte[LARGE_BYTES]);
    }

    /** All that comes back before the server ends the connection. */
    private String send(String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException reset) {
            return "";
        }
    }

    /** What is ambiguous is refused, or at the least nothing behind it is taken for a request. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 6\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 5 6\r\n",
                "Content-Length : 5\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding: identity\r\nContent-Length: 5\r\n",
                " Content-Length: 5\r\n",
                "X: a\r\n Content-Length: 5\r\n",
            })
    void whatIsAmbiguousHidesNothing(String headers) throws IOException {
        String got =
                send("POST /echo HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n0\r\n\r\n" + HIDDEN);
        assertFalse(seen.contains("hidden"), headers + " → " + got + seen);
    }

    @Test
    void badChunksEndTheConnection() throws IOException {
        for (String chunks :
                new String[] {
                    "5\r\nhelloX\r\n0\r\n\r\n",
                    "5\nhello\n0\n\n",
                    "-5\r\nhello\r\n0\r\n\r\n",
                    "g\r\nhello\r\n0\r\n\r\n",
                    "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                }) {
            String got =
                    send(
                            "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + chunks
                                    + HIDDEN);
            assertFalse(seen.contains("hidden"), chunks + " → " + got + seen);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /hidden HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /hidden HTTP/1.1\r\n\r\n",
                "GET /hidden HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
                "GET /hidden HTTP/1.1\r\nHost: x\r\nA\0b: c\r\n\r\n",
            })
    void linesThatAreNoRequestsAreRefused(String request) throws IOException {
        String got = send(request);
        assertTrue(got.startsWith("HTTP/1.1 400 "), got);
        assertEquals(List.of(), List.copyOf(seen));
    }

    /** What is logged and sent back is nothing that a terminal or a log's reader obeys. */
    @Test
    void aRequestIdIsVisibleText() throws IOException {
        for (String id : new String[] {"a\u001b[31mb", "a b", "a\u00e9", "a\tb", "a".repeat(129)}) {
            String got =
                    send("GET /hidden HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id + "\r\n\r\n");
            assertFalse(got.contains(id), got);
        }
        String got = send("GET /hidden HTTP/1.1\r\nHost: x\r\nX-Request-Id: a-b/1\r\n\r\n");
        assertTrue(got.contains("a-b/1"), got);
    }

    /** A client that takes nothing of its answer does not keep it in memory for ever. */
    @Test
    void aClientThatReadsNothingIsCutOff() throws Exception {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(
                    new java.net.InetSocketAddress(
                            InetAddress.getLoopbackAddress(), server.port()));
            socket.getOutputStream()
                    .write(
                            "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertTrue(server.drain(PATIENCE_MILLIS), "the exchange is still open");
        }
        assertEquals(List.of(), List.copyOf(seen));
    }

    /** Who asks before it sends a large body, as curl does, is told to; or is refused at once. */
    @Test
    void whoAsksBeforeItSendsItsBodyIsTold() throws IOException {
        String asks = " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
        try (HttpServer patient = serve(PATIENCE_MILLIS);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), patient.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /echo" + asks).getBytes(StandardCharsets.US_ASCII));
            byte[] go = socket.getInputStream().readNBytes("HTTP/1.1 100 ".length());
            assertEquals("HTTP/1.1 100 ", new String(go, StandardCharsets.US_ASCII));
            out.write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            byte[] all = socket.getInputStream().readAllBytes();
            String got = new String(all, StandardCharsets.US_ASCII);
            assertTrue(got.contains("HTTP/1.1 204 "), got);
        }
        assertEquals(List.of("echo hello"), List.copyOf(seen));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(("POST /nope" + asks).getBytes(StandardCharsets.US_ASCII));
            byte[] all = socket.getInputStream().readAllBytes();
            String got = new String(all, StandardCharsets.US_ASCII);
            assertTrue(got.startsWith("HTTP/1.1 404 "), got);
        }
    }

    /** Who sends no more of a body that was refused is told so after a while. */
    @Test
    void aRefusedBodyThatStopsIsNotWaitedForLong() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(
                            "POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"
                                    .getBytes(StandardCharsets.US_ASCII));
            byte[] all = socket.getInputStream().readAllBytes();
            String got = new String(all, StandardCharsets.US_ASCII);
            assertTrue(got.startsWith("HTTP/1.1 404 "), got);
            assertTrue(got.contains("Connection: close"), got);
        }
    }

    /** A body that drips is no silence, but holds its place among the requests no longer. */
    @Test
    void aBodyThatDripsIsGivenUp() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThrows(
                    SocketException.class,
                    () -> {
                        for (int i = 0; i < 400; i++) {
                            out.write('x');
                            Thread.sleep(SILENCE_MILLIS / 10);
                        }
                    });
        }
        assertEquals(List.of(), List.copyOf(seen));
    }
}
