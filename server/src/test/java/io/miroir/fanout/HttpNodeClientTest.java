package io.miroir.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.miroir.api.Json;
import io.miroir.fanout.ScriptedNode.Trouble;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            HttpNodeClient client = new HttpNodeClient(http, address, () -> List.of("key"));
            NodeRequest request =
                    new NodeRequest(
                            "documents",
                            "POST",
                            "/indexes/m1/documents",
                            new NodeBody.Stream("application/x-ndjson", BODY_BYTES, this::body),
                            Duration.ofSeconds(1));
            // On a busy machine the time may be over before the body is begun.
            while (opened.get() == 0) {
                NodeReply.Failure reply =
                        assertInstanceOf(NodeReply.Failure.class, client.send(request));
                assertEquals(NodeReply.Kind.TIMEOUT, reply.kind());
            }
            assertEquals(1, opened.get());
            assertEquals(1, closed.get());
            http.shutdownNow();
        }
    }

    /** A node that is not of the cluster any more: nobody waits for it as long as for an answer. */
    @Test
    void whatIsUnderWayEndsWithTheClient() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                HttpClient http = HttpClient.newHttpClient()) {
            URI address = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            HttpNodeClient client = new HttpNodeClient(http, address, List::of);
            NodeRequest request = NodeRequest.get("search", "/", Duration.ofHours(1));
            CompletableFuture<NodeReply> asked =
                    CompletableFuture.supplyAsync(
                            () -> client.send(request), task -> Thread.ofVirtual().start(task));
            // The request has come.
            try (Socket connection = silent.accept()) {
                assertTrue(connection.getInputStream().read() > 0);
                client.close();
                NodeReply.Failure ended =
                        assertInstanceOf(NodeReply.Failure.class, asked.get(60, TimeUnit.SECONDS));
                assertEquals(NodeReply.Kind.BROKEN, ended.kind());
                assertTrue(ended.maybeDone(), "it was sent");
            }
            NodeReply.Failure refused =
                    assertInstanceOf(NodeReply.Failure.class, client.send(request));
            assertEquals(NodeReply.Kind.UNREACHABLE, refused.kind());
            http.shutdownNow();
        }
    }

    /** What becomes of an exchange, whatever is sent in place of an answer. */
    @ParameterizedTest
    @CsvSource({
        "NONE, answer",
        "WRONG_TYPE, answer",
        "UNKNOWN_ERROR, refusal",
        "ERROR, server_error",
        "ERROR_OF_MEILISEARCH, server_error",
        "UNAVAILABLE, server_error",
        "TOO_MANY, throttled",
        "GARBAGE, garbage",
        "EMPTY, garbage",
        "NULL, garbage",
        "LIST, garbage",
        "EMPTY_OBJECT, garbage",
        "HOLLOW, garbage",
        "MISFIT, garbage",
        "TWICE, garbage",
        "ODD_ERROR, garbage",
        "NOT_FOUND, garbage",
        "REDIRECT, garbage",
        "HALF, broken",
        "HALF_CHUNKED, broken",
        "CLOSE, broken",
        "NO_HTTP, broken",
        "BAD_LENGTH, broken",
        "SILENT, timeout",
        "DRIP, timeout",
    })
    void everyTroubleHasItsName(Trouble trouble, String expected) {
        try (ScriptedNode node = new ScriptedNode(_ -> Json.object().put("taskUid", 1));
                HttpClient http = HttpClient.newHttpClient()) {
            HttpNodeClient client = new HttpNodeClient(http, node.address(), () -> List.of("key"));
            Duration timeout = trouble.isSlow() ? Duration.ofSeconds(3) : Duration.ofMinutes(1);
            NodeRequest request =
                    NodeRequest.post("write", "/documents", NodeBody.json(Json.array()), timeout)
                            .expecting(AnswerShape.ENQUEUED);
            node.in(trouble, _ -> true);
            String became =
                    switch (client.send(request)) {
                        case NodeReply.Answer _ -> "answer";
                        case NodeReply.Refusal _ -> "refusal";
                        case NodeReply.Failure failure -> failure.kind().label();
                    };
            assertEquals(expected, became);
            http.shutdownNow();
        }
    }

    /** An answer that there is no room for is given up while it comes, and blames nobody. */
    @Test
    void anAnswerThatFindsNoRoomIsGivenUp() throws Exception {
        HttpServer node =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.createContext(
                "/",
                exchange -> {
                    byte[] body =
                            ("{\"a\":[" + "1,".repeat(200_000) + "1]}")
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        node.start();
        CollectorRegistry registry = new CollectorRegistry();
        AnswerBudget budget = new AnswerBudget(100_000, Duration.ZERO, registry);
        try (HttpClient http = HttpClient.newHttpClient();
                AnswerBudget.Share share = budget.open()) {
            URI address = URI.create("http://127.0.0.1:" + node.getAddress().getPort());
            HttpNodeClient client = new HttpNodeClient(http, address, List::of);
            NodeRequest request = NodeRequest.get("search", "/", Duration.ofSeconds(60));
            NodeReply.Failure reply =
                    assertInstanceOf(NodeReply.Failure.class, client.send(request.within(share)));
            assertEquals(NodeReply.Kind.NO_ROOM, reply.kind());
            assertTrue(reply.maybeDone(), "the node was asked, and may have done it");
            assertInstanceOf(NodeReply.Answer.class, client.send(request), "counts to nobody");
        } finally {
            node.stop(0);
        }
        assertEquals(0, registry.getSampleValue("miroir_node_answer_bytes"));
    }

    /** While keys of nodes are exchanged, each node is asked with the one that it has. */
    @Test
    void aNodeThatHasTheOtherKeyIsAskedWithThat() throws IOException {
        AtomicReference<String> nodes = new AtomicReference<>("Bearer old");
        List<String> shown = new CopyOnWriteArrayList<>();
        HttpServer node =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.createContext(
                "/",
                exchange -> {
                    String key = exchange.getRequestHeaders().getFirst("Authorization");
                    shown.add(key);
                    boolean opens = key.equals(nodes.get());
                    byte[] body =
                            (opens ? "{}" : "{\"code\":\"invalid_api_key\",\"message\":\"no\"}")
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(opens ? 200 : 403, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        node.start();
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI address = URI.create("http://127.0.0.1:" + node.getAddress().getPort());
            HttpNodeClient client = new HttpNodeClient(http, address, () -> List.of("new", "old"));
            NodeRequest request =
                    new NodeRequest("stats", "GET", "/stats", null, Duration.ofSeconds(60));
            assertInstanceOf(NodeReply.Answer.class, client.send(request));
            assertInstanceOf(NodeReply.Answer.class, client.send(request));
            nodes.set("Bearer new");
            assertInstanceOf(NodeReply.Answer.class, client.send(request));
            assertEquals(
                    List.of("Bearer new", "Bearer old", "Bearer old", "Bearer old", "Bearer new"),
                    shown);
            nodes.set("Bearer other");
            assertInstanceOf(NodeReply.Refusal.class, client.send(request));
            http.shutdownNow();
        } finally {
            node.stop(0);
        }
    }
}
