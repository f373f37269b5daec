package io.miroir.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HttpServerTest {
    private static final int BODY_BYTES_MAX = 64 * 1024;
    private static final int SILENCE_MILLIS = 120_000;
    private static final long WAIT_SECONDS = 60;

    /** Far more than a system takes of what nobody reads. */
    private static final int CHUNKS_MAX = 10_000;

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server = start();

    private HttpServer start() {
        return HttpServer.start(
                "127.0.0.1",
                0,
                new HttpServer.Limits(BODY_BYTES_MAX, 16 << 10, SILENCE_MILLIS, 20_000),
                RandomGenerator.of("L64X128MixRandom"),
                Router.of(
                        List.of(
                                new Router.Route("POST", "/echo", this::echo),
                                new Router.Route("GET", "/path/{name}", this::name),
                                new Router.Route("GET", "/path/fixed", _ -> Answer.empty(204)),
                                new Router.Route("GET", "/refused", _ -> refuse()),
                                new Router.Route("GET", "/bug", _ -> bug()),
                                new Router.Route("GET", "/slow", _ -> slow()))));
    }

    @BeforeEach
    void serverListens() {
        assertTrue(server.port() > 0);
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.close();
        client.close();
    }

    private Answer echo(Request request) throws IOException {
        byte[] body = request.body().readAllBytes();
        seen.add("whole " + body.length);
        return Answer.bytes(200, "application/octet-stream", body);
    }

    private Answer name(Request request) {
        return Answer.json(
                200,
                Json.object()
                        .put("name", request.path("name"))
                        .put("query", String.valueOf(request.query().get("q"))));
    }

    private static Answer refuse() {
        throw new ApiException(ErrorCode.INDEX_NOT_FOUND, "Index `x` not found.");
    }

    private static Answer bug() {
        throw new IllegalStateException("secret detail");
    }

    private Answer slow() throws InterruptedException {
        entered.countDown();
        assertTrue(release.await(WAIT_SECONDS, TimeUnit.SECONDS));
        return Answer.empty(200);
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> send(HttpRequest request)
            throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String encoding, byte[] body)
            throws IOException, InterruptedException {
        return send(
                to("/echo")
                        .header("Content-Encoding", encoding)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build());
    }

    @Test
    void pathsAndParametersAreDecodedOnce() throws Exception {
        assertEquals(
                "{\"name\":\"a/b%2Fü\",\"query\":\"x y&z\"}",
                send(to("/path//a%2Fb%252F%C3%BC/?q=1&q=x+y%26z").GET().build()).body());
        assertEquals(204, send(to("/path/fixed").GET().build()).statusCode());
    }

    /** Shows: an answer of some length is sent in gzip, to clients that ask for it. */
    @Test
    void longAnswersArePackedForWhoAsks() throws Exception {
        HttpRequest.Builder request = to("/path/" + "a".repeat(2_000));
        HttpResponse<byte[]> plain = client.send(request.build(), BodyHandlers.ofByteArray());
        assertFalse(plain.headers().map().containsKey("content-encoding"));
        assertTrue(plain.headers().allValues("vary").contains("Accept-Encoding"));
        HttpResponse<byte[]> packed =
                client.send(
                        request.header("Accept-Encoding", "br, gzip").build(),
                        BodyHandlers.ofByteArray());
        assertEquals("gzip", packed.headers().firstValue("content-encoding").orElseThrow());
        assertTrue(packed.headers().allValues("vary").contains("Accept-Encoding"));
        byte[] unpacked =
                new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes();
        assertEquals(text(plain.body()), text(unpacked));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Test
    void unknownPathsAndVerbsHaveNoBody() throws Exception {
        HttpResponse<String> unknown = send(to("/nope").GET().build());
        assertEquals(404, unknown.statusCode());
        assertEquals("", unknown.body());
        HttpResponse<String> verb = send(to("/echo").GET().build());
        assertEquals(405, verb.statusCode());
        assertEquals("POST", verb.headers().firstValue("allow").orElseThrow());
        assertEquals(400, raw("GET /path/%FF HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    @Test
    void refusalsAndBugsBecomeErrorObjects() throws Exception {
        HttpResponse<String> refused = send(to("/refused").GET().build());
        assertEquals(404, refused.statusCode());
        assertEquals(
                "{\"message\":\"Index `x` not found.\",\"code\":\"index_not_found\",\"type\":"
                        + "\"invalid_request\",\"link\":"
                        + "\"https://docs.meilisearch.com/errors#index_not_found\"}",
                refused.body());
        HttpResponse<String> bug = send(to("/bug").GET().build());
        assertEquals(500, bug.statusCode());
        assertFalse(bug.body().contains("secret"), bug.body());
    }

    @Test
    void requestIdsAreTakenOverOrMade() throws Exception {
        HttpResponse<String> given =
                send(to("/nope").header("X-Request-Id", "mine-1").GET().build());
        assertEquals("mine-1", given.headers().firstValue("x-request-id").orElseThrow());
        HttpResponse<String> made = send(to("/nope").GET().build());
        assertEquals(16, made.headers().firstValue("x-request-id").orElseThrow().length());
    }

    /** Whoever reports a failed request by its id finds what the pod said about it. */
    @Test
    void whatIsLoggedCarriesTheRequestsId() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(HttpServer.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            send(to("/bug").header("X-Request-Id", "mine-2").GET().build());
        } finally {
            logger.detachAppender(lines);
        }
        ILoggingEvent line = lines.list.getFirst();
        assertEquals(Map.of("request_id", "mine-2"), line.getMDCPropertyMap());
    }

    @Test
    void everyContentEncodingIsDecoded() throws Exception {
        byte[] text = "Grüße, 東京! ".repeat(200).getBytes(StandardCharsets.UTF_8);
        String expected = new String(text, StandardCharsets.UTF_8);
        assertEquals(expected, post("identity", text).body());
        assertEquals(expected, post("gzip", gzip(text)).body());
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
            out.write(text);
        }
        assertEquals(expected, post("deflate", deflated.toByteArray()).body());
        assertEquals("hello world", post("br", brotli()).body());
        assertEquals("hello world", post("zstd", zstd()).body());
    }

    @Test
    void aBodyThatDoesNotFitItsEncodingIsRefused() throws Exception {
        for (String encoding : List.of("gzip", "deflate", "br", "zstd")) {
            HttpResponse<String> refused =
                    post(encoding, "[{\"id\":1}]".getBytes(StandardCharsets.UTF_8));
            assertEquals(400, refused.statusCode(), encoding);
            assertTrue(refused.body().contains("bad_request"), refused.body());
        }
        byte[] cut = Arrays.copyOf(gzip(new byte[5000]), 20);
        assertEquals(400, post("gzip", cut).statusCode());
        assertTrue(seen.isEmpty(), seen.toString());
    }

    @Test
    void bodiesBeyondTheLimitAreRefused() throws Exception {
        byte[] fits = new byte[BODY_BYTES_MAX];
        assertEquals(200, post("identity", fits).statusCode());
        HttpResponse<String> large = post("identity", new byte[BODY_BYTES_MAX + 1]);
        assertEquals(413, large.statusCode());
        assertTrue(
                large.body()
                        .contains(
                                "The provided payload reached the size limit. The maximum accepted"
                                        + " payload size is 64 KiB."),
                large.body());
        // A small compressed body must not become a large one.
        assertEquals(413, post("gzip", gzip(new byte[BODY_BYTES_MAX * 50])).statusCode());
        // Nor may a body of unknown length go on for ever.
        HttpRequest chunked =
                to("/echo")
                        .POST(
                                BodyPublishers.ofInputStream(
                                        () ->
                                                new ByteArrayInputStream(
                                                        new byte[BODY_BYTES_MAX * 2])))
                        .build();
        assertEquals(413, send(chunked).statusCode());
        assertEquals(1, seen.size(), seen.toString());
        // Whether there is such a path comes first, as whether one may ask.
        HttpRequest nowhere =
                to("/nowhere")
                        .POST(BodyPublishers.ofByteArray(new byte[BODY_BYTES_MAX + 1]))
                        .build();
        assertEquals(404, send(nowhere).statusCode());
    }

    /**
     * RFC 9112, section 9.6: a connection that is closed over a body that nobody reads is reset,
     * and the client that still sends it never hears why.
     */
    @Test
    void aRefusedBodyIsReadSoThatItsClientHearsWhy() throws Exception {
        int bytes = 2 * BODY_BYTES_MAX;
        String got =
                sendAll(
                        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n",
                        "x".repeat(bytes),
                        "GET /path/fixed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertTrue(got.startsWith("HTTP/1.1 413"), got);
        assertTrue(got.contains("HTTP/1.1 204"), got);
    }

    @Test
    void aRefusedBodyIsNotReadForEver() throws Exception {
        int bytes = 2 * BODY_BYTES_MAX + 1;
        String tooLong =
                sendAll("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n");
        assertTrue(tooLong.startsWith("HTTP/1.1 413"), tooLong);
        assertTrue(tooLong.contains("Connection: close"), tooLong);
        String chunk = Integer.toHexString(BODY_BYTES_MAX) + "\r\n" + "x".repeat(BODY_BYTES_MAX);
        byte[] more = (chunk + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThrows(
                    SocketException.class,
                    () -> {
                        for (int i = 0; i < CHUNKS_MAX; i++) {
                            out.write(more);
                        }
                    });
        }
    }

    /** HTTP/1.0, as proxies speak it: nothing says where a body would end that is not there. */
    @Test
    void aBodyThatNobodyAnnouncedIsNotWaitedFor() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(SILENCE_MILLIS / 2);
            socket.getOutputStream()
                    .write("DELETE /nope HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] all = socket.getInputStream().readAllBytes();
            String got = new String(all, StandardCharsets.US_ASCII);
            assertTrue(got.contains(" 404 "), got);
        }
    }

    /** Sends all before it reads, and reads until the server ends the connection. */
    private String sendAll(String... parts) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            for (String part : parts) {
                socket.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void browsersMayAskFirst() throws Exception {
        HttpResponse<String> preflight =
                send(
                        to("/nope")
                                .method("OPTIONS", BodyPublishers.noBody())
                                .header("Origin", "https://shop.example")
                                .header("Access-Control-Request-Method", "POST")
                                .header("Access-Control-Request-Headers", "authorization")
                                .build());
        assertEquals(200, preflight.statusCode());
        assertEquals(
                "authorization",
                preflight.headers().firstValue("access-control-allow-headers").orElseThrow());
        assertEquals(
                405,
                send(to("/echo").method("OPTIONS", BodyPublishers.noBody()).build()).statusCode());
    }

    /** A client that goes away in the middle of its body: the handler never sees it whole. */
    @Test
    void aHangUpInTheBodyEndsTheRequest() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        assertEquals(200, post("identity", new byte[3]).statusCode());
        assertEquals("whole 3", seen.poll(WAIT_SECONDS, TimeUnit.SECONDS));
        assertTrue(seen.isEmpty(), seen.toString());
    }

    /** A slow body arrives whole: the thread waits for more of it without blocking others. */
    @Test
    void aBodyMayComeInPieces() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na"
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertEquals(200, post("identity", new byte[1]).statusCode());
            out.write('b');
            out.flush();
            out.write('c');
            out.flush();
            byte[] head = socket.getInputStream().readNBytes(12);
            assertEquals("HTTP/1.1 200", new String(head, StandardCharsets.US_ASCII));
        }
    }

    /**
     * New connections are refused, so clients go elsewhere; open ones get their answer, and end.
     */
    @Test
    void drainingAnswersWhatIsOpenAndRefusesWhatComes() throws Exception {
        String request = "GET /nope HTTP/1.1\r\nHost: h\r\n\r\n";
        try (Socket open = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            open.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', open.getInputStream().read());
            open.getInputStream().skipNBytes(open.getInputStream().available());
            int port = server.port();
            var running = client.sendAsync(to("/slow").GET().build(), BodyHandlers.ofString());
            assertTrue(entered.await(WAIT_SECONDS, TimeUnit.SECONDS));

            assertFalse(server.drain(1));
            assertThrows(
                    ConnectException.class,
                    () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
            open.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String late =
                    new String(open.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(late.contains("HTTP/1.1 404"), late);
            assertTrue(late.contains("Connection: close"), late);

            release.countDown();
            assertTrue(server.drain(TimeUnit.SECONDS.toMillis(WAIT_SECONDS)));
            assertEquals(200, running.get(WAIT_SECONDS, TimeUnit.SECONDS).statusCode());
        }
    }

    private int raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] head = socket.getInputStream().readNBytes(12);
            return Integer.parseInt(
                    new String(head, StandardCharsets.US_ASCII).substring("HTTP/1.1 ".length()));
        }
    }

    private static byte[] gzip(byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text);
        }
        return bytes.toByteArray();
    }

    /** "hello world" as one stored meta-block, window of 16 bits. */
    private static byte[] brotli() {
        return HexFormat.of().parseHex("a0001068656c6c6f20776f726c6403");
    }

    /** "hello world" as a frame of one raw block. */
    private static byte[] zstd() {
        byte[] text = "hello world".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, (byte) 0xA0});
        out.writeBytes(new byte[] {(byte) text.length, 0, 0, 0});
        int block = (text.length << 3) | 1;
        out.writeBytes(new byte[] {(byte) block, (byte) (block >> 8), (byte) (block >> 16)});
        out.writeBytes(text);
        return out.toByteArray();
    }
}
