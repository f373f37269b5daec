package io.miroir.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Bodies in JSON are bounded one by one and together: 100,000 bytes, and memory for few. */
class JsonBodyTest {
    private static final int BYTES_MAX = 100_000;
    private static final int MEMORY_BYTES = 1_000_000;
    private static final int SMALL_BYTES_MAX = 1_000;
    private static final long READ_MILLIS = 120_000;
    private static final long WAIT_SECONDS = 60;

    /** What bodies are read by in pieces. */
    private static final int PIECE_BYTES = 64 << 10;

    private static final int LARGE = 20;
    private static final int SMALL = 50;
    private static final int BESIDE = 4;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final CollectorRegistry tightRegistry = new CollectorRegistry();
    private final CollectorRegistry hurriedRegistry = new CollectorRegistry();
    private final BodyBudget budget =
            new BodyBudget(
                    new BodyBudget.Limits(MEMORY_BYTES, SMALL_BYTES_MAX, READ_MILLIS), registry);
    private final BodyBudget hurriedBudget =
            new BodyBudget(
                    new BodyBudget.Limits(MEMORY_BYTES, SMALL_BYTES_MAX, 1_000), hurriedRegistry);
    private final AtomicInteger holding = new AtomicInteger();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer server =
            HttpServer.start(
                    "127.0.0.1",
                    0,
                    new HttpServer.Limits(BYTES_MAX, 16 << 10, 120_000, 20_000),
                    RandomGenerator.of("L64X128MixRandom"),
                    Router.of(
                            List.of(
                                    new Router.Route("POST", "/read", this::read),
                                    new Router.Route("POST", "/hurried", this::hurried),
                                    new Router.Route("POST", "/long", this::tight),
                                    new Router.Route("POST", "/hold", this::hold))));

    @AfterEach
    void stop() {
        release.countDown();
        server.close();
        client.close();
    }

    private JsonNode json(Request request) throws Exception {
        BodyBudget.Share share = budget.open();
        request.atEnd(share::close);
        return JsonBody.read(request, BYTES_MAX, share);
    }

    private Answer read(Request request) throws Exception {
        JsonNode json = json(request);
        return Answer.json(200, Json.object().put("size", json.size()));
    }

    /** With a time for its body that is soon over. */
    private Answer hurried(Request request) throws Exception {
        BodyBudget.Share share = hurriedBudget.open();
        request.atEnd(share::close);
        return Answer.json(200, JsonBody.read(request, BYTES_MAX, share));
    }

    /** With room for the beginning of a long body, but only as one of a short one. */
    private Answer tight(Request request) throws Exception {
        int room = JsonBody.COPIES * PIECE_BYTES;
        BodyBudget.Limits limits = new BodyBudget.Limits(room, PIECE_BYTES, READ_MILLIS);
        BodyBudget.Share share = new BodyBudget(limits, tightRegistry).open();
        request.atEnd(share::close);
        return Answer.json(200, JsonBody.read(request, BYTES_MAX, share));
    }

    private Answer hold(Request request) throws Exception {
        JsonNode json = json(request);
        held.countDown();
        holding.incrementAndGet();
        assertTrue(release.await(WAIT_SECONDS, TimeUnit.SECONDS));
        return Answer.json(200, Json.object().put("size", json.size()));
    }

    private HttpRequest request(String path, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Content-Type", "application/json")
                .POST(body)
                .build();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return client.send(request(path, BodyPublishers.ofString(body)), BodyHandlers.ofString());
    }

    private double metric(String name) {
        return Objects.requireNonNull(registry.getSampleValue("miroir_json_body_" + name));
    }

    private static String padded(String json, int bytes) {
        return json + " ".repeat(bytes - json.length());
    }

    private static void assertRefused(
            int status, String code, String message, HttpResponse<String> reply) {
        assertEquals(status, reply.statusCode(), reply.body());
        JsonNode error = Json.parse(reply.body());
        assertEquals(code, error.path("code").asString());
        assertEquals(message, error.path("message").asString());
    }

    /** In the words of Meilisearch, which are others where the length is not said beforehand. */
    @Test
    void aBodyHasALimit() throws Exception {
        assertEquals(200, post("/read", padded("[1]", BYTES_MAX)).statusCode());
        String large = padded("[1]", BYTES_MAX + 1);
        assertRefused(
                500,
                "internal",
                "JSON payload (100001 bytes) is larger than allowed (limit: 100000 bytes).",
                post("/read", large));
        byte[] utf8 = large.getBytes(StandardCharsets.UTF_8);
        HttpRequest streamed =
                request(
                        "/read",
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(utf8)));
        assertRefused(
                413,
                "payload_too_large",
                "JSON payload has exceeded limit (100000 bytes).",
                client.send(streamed, BodyHandlers.ofString()));
        assertEquals(0, metric("bytes"));
    }

    /** What is made of 100,000 bytes can be many times as large. */
    @Test
    void whatTakesMoreThanThereIsForAllIsTooLarge() throws Exception {
        HttpResponse<String> refused = post("/read", "[" + "[],".repeat(30_000) + "[]]");
        assertEquals(413, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("payload_too_large"), refused.body());
        assertEquals(1, metric("refusals_total"));
        assertEquals(200, post("/read", "[" + "[],".repeat(1_000) + "[]]").statusCode());
        assertEquals(0, metric("bytes"));
    }

    @Test
    void whatOthersHoldIsWaitedForByNobody() throws Exception {
        String large = "[" + "1,".repeat(15_000) + "1]";
        CompletableFuture<HttpResponse<String>> first =
                client.sendAsync(
                        request("/hold", BodyPublishers.ofString(large)), BodyHandlers.ofString());
        assertTrue(held.await(WAIT_SECONDS, TimeUnit.SECONDS));
        assertTrue(metric("bytes") > 500_000);
        HttpResponse<String> second = post("/read", large);
        assertEquals(503, second.statusCode(), second.body());
        assertTrue(second.body().contains("miroir_overloaded"), second.body());
        assertEquals("10", second.headers().firstValue("Retry-After").orElse(""));
        assertEquals(200, post("/read", "[1]").statusCode());
        assertFalse(first.isDone());
        release.countDown();
        assertEquals(200, first.get(WAIT_SECONDS, TimeUnit.SECONDS).statusCode());
        assertEquals(200, post("/read", large).statusCode());
        assertEquals(0, metric("bytes"));
    }

    /** What has come of a long one is no short one: it is refused before the rest comes. */
    @Test
    void aLongBodyIsLongFromItsBeginning() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String head =
                    """
                    POST /long HTTP/1.1
                    Host: localhost
                    Content-Type: application/json
                    Content-Length: %d

                    """
                            .formatted(BYTES_MAX)
                            .replace("\n", "\r\n");
            String body = padded("[1]", PIECE_BYTES);
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            await(
                    () ->
                            Objects.equals(
                                    tightRegistry.getSampleValue("miroir_json_body_refusals_total"),
                                    1.0));
        }
    }

    /** Small ones are never refused for large ones, nor is more held than there is. */
    @Test
    void manyLargeBodiesLeaveRoomToSmallOnes() throws Exception {
        String large = "[" + "1,".repeat(3_000) + "1]";
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < LARGE; i++) {
            sent.add(
                    client.sendAsync(
                            request("/hold", BodyPublishers.ofString(large)),
                            BodyHandlers.ofString()));
        }
        await(() -> holding.get() + metric("refusals_total") == LARGE);
        assertTrue(holding.get() > 1, () -> "hold: " + holding);
        assertTrue(metric("bytes") <= MEMORY_BYTES / 8.0 * 7, () -> "held: " + metric("bytes"));
        assertEquals(503, post("/read", large).statusCode());
        String small = "[" + "1,".repeat(300) + "1]";
        List<CompletableFuture<HttpResponse<String>>> beside = new ArrayList<>();
        for (int i = 0; i < SMALL; i++) {
            assertEquals(200, post("/read", small).statusCode());
        }
        int before = holding.get();
        for (int i = 0; i < BESIDE; i++) {
            beside.add(
                    client.sendAsync(
                            request("/hold", BodyPublishers.ofString(small)),
                            BodyHandlers.ofString()));
        }
        await(() -> holding.get() == before + BESIDE || beside.stream().anyMatch(f -> f.isDone()));
        assertTrue(metric("bytes") <= MEMORY_BYTES);
        release.countDown();
        for (CompletableFuture<HttpResponse<String>> one : beside) {
            assertEquals(200, one.get(WAIT_SECONDS, TimeUnit.SECONDS).statusCode());
        }
        for (CompletableFuture<HttpResponse<String>> one : sent) {
            HttpResponse<String> reply = one.get(WAIT_SECONDS, TimeUnit.SECONDS);
            assertTrue(List.of(200, 503).contains(reply.statusCode()), reply.body());
        }
        assertEquals(0, metric("bytes"));
    }

    /** It goes on, byte by byte, and no pause of it is long: what it held is given back. */
    @Test
    void aBodyThatComesTooSlowlyIsGivenUp() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /hurried HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                    + "Connection: close\r\nContent-Length: "
                                    + BYTES_MAX
                                    + "\r\n\r\n[1")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] blank = new byte[BYTES_MAX - 3];
            Arrays.fill(blank, (byte) ' ');
            out.write(blank, 0, PIECE_BYTES);
            out.flush();
            // On a busy machine its time may be over before anybody looks.
            await(() -> hurried("bytes") > PIECE_BYTES || hurried("late_total") > 0);
            int sent = PIECE_BYTES;
            while (hurried("bytes") > 0) {
                assertTrue(sent < blank.length, "it was read to its end");
                out.write(blank, sent++, 1);
                out.flush();
                Thread.sleep(1);
            }
            out.write(blank, sent, blank.length - sent);
            out.write(']');
            out.flush();
            InputStream in = socket.getInputStream();
            assertEquals("HTTP/1.1 408", new String(in.readNBytes(12), StandardCharsets.US_ASCII));
            assertTrue(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .contains("miroir_body_too_slow"));
        }
        assertEquals(1, hurried("late_total"));
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(out)) {
            zip.write(body);
        }
        return out.toByteArray();
    }

    /** Decoders have words of their own for a stream that ends early, or keep it to themselves. */
    @Test
    void anEncodedBodyThatComesTooSlowlyIsGivenUp() throws Exception {
        byte[] json = "[1]".getBytes(StandardCharsets.US_ASCII);
        byte[] zipped = gzip(json);
        byte[] brotli = HexFormat.of().parseHex("0b01805b315d03");
        assertTooSlow("gzip", zipped, zipped.length - 1, 1);
        assertTooSlow("gzip", zipped, 5, 2);
        assertTooSlow("br", brotli, 1, 3);
        assertTooSlow("br", brotli, 4, 4);
        HttpRequest whole =
                HttpRequest.newBuilder(request("/read", BodyPublishers.noBody()), (_, _) -> true)
                        .header("Content-Encoding", "br")
                        .POST(BodyPublishers.ofByteArray(brotli))
                        .build();
        assertEquals("{\"size\":1}", client.send(whole, BodyHandlers.ofString()).body());
    }

    /** Sends the rest once it was given up. */
    private void assertTooSlow(String encoding, byte[] body, int first, int late) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            String head =
                    "POST /hurried HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Connection: close\r\nContent-Encoding: "
                            + encoding
                            + "\r\nContent-Length: "
                            + body.length
                            + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body, 0, first);
            out.flush();
            InputStream in = socket.getInputStream();
            await(() -> hurried("late_total") == late);
            out.write(body, first, body.length - first);
            out.flush();
            assertEquals("HTTP/1.1 408", new String(in.readNBytes(12), StandardCharsets.US_ASCII));
            assertTrue(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .contains("miroir_body_too_slow"),
                    encoding);
        }
    }

    /** A large body may take longer, by a second for each MB that is there. */
    @Test
    void aBodyHasMoreTimeTheLongerItIs() {
        long now = TimeUnit.SECONDS.toNanos(1_000);
        ChannelStream.Hurry hurry = new ChannelStream.Hurry(now, 60_000);
        assertEquals(60_000, hurry.millisLeft(now, 0));
        now += TimeUnit.SECONDS.toNanos(50);
        assertEquals(10_000, hurry.millisLeft(now, 0));
        assertEquals(110_000, hurry.millisLeft(now, 100_000_000));
        now += TimeUnit.SECONDS.toNanos(50);
        assertEquals(0, hurry.millisLeft(now, 39_000_000));
        assertEquals(1_000, hurry.millisLeft(now, 41_000_000));
    }

    private double hurried(String name) {
        return Objects.requireNonNull(hurriedRegistry.getSampleValue("miroir_json_body_" + name));
    }

    private static void await(BooleanSupplier isSo) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() - giveUpNanos < 0, "it does not come to that");
            Thread.sleep(1);
        }
    }
}
