package io.miroir.fanout.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.api.HttpUrl;
import io.miroir.api.IpNetwork;
import io.miroir.api.IpRules;
import io.miroir.api.UrlText;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.HttpServer;
import io.miroir.edge.http.Request;
import io.miroir.fanout.outside.OutsideClient.Reply;
import io.miroir.fanout.webhook.OddNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody who is asked can keep the asker. */
class ExportClientTest {
    private static final IpRules LOOPBACK =
            new IpRules(List.of(IpNetwork.parse("127.0.0.0/8").orElseThrow()));

    /** All that can be asked: by Java's client, and where that knows no such host. */
    private static final List<String> HOSTS = List.of("127.0.0.1", OddNames.UNDERSCORE);

    private static HttpUrl url(String host, int port, String target) {
        return UrlText.http("http://" + host + ":" + port + target).orElseThrow();
    }

    private static Reply ask(String host, String answer, Duration timeout) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExportClient client = new ExportClient(LOOPBACK)) {
            Thread answering =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (Socket socket = server.accept()) {
                                            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                                            socket.getOutputStream().write(bytes);
                                            asked.await();
                                        } catch (IOException | InterruptedException over) {
                                            // The test is over.
                                        }
                                    });
            try {
                return client.ask(
                        new ExportClient.Call(
                                "GET",
                                url(host, server.getLocalPort(), "/"),
                                null,
                                ExportClient.Body.NONE,
                                timeout));
            } finally {
                asked.countDown();
                answering.join();
            }
        }
    }

    @Test
    @Timeout(60)
    void anAnswerThatNeverEndsIsNone() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
        // Longer than the head takes on a busy machine: else that is what is missing.
        for (String host : HOSTS) {
            Reply reply = ask(host, head, Duration.ofSeconds(5));
            assertEquals(new Reply.Unreached("no whole answer within 5 s"), reply, host);
        }
    }

    @Test
    @Timeout(60)
    void ofALongAnswerTheBeginningIsKept() throws Exception {
        int length = 1 << 20;
        String head = "HTTP/1.1 404 Not Found\r\nContent-Length: " + length + "\r\n\r\n";
        for (String host : HOSTS) {
            Reply reply = ask(host, head + "x".repeat(length), Duration.ofSeconds(50));
            Reply.Answered answered = assertInstanceOf(Reply.Answered.class, reply);
            assertEquals(404, answered.status());
            assertEquals("x".repeat(64 << 10), answered.body());
        }
    }

    /** Whatever a server sends in between. */
    @Test
    @Timeout(60)
    void anAnswerInPiecesIsPutTogether() throws Exception {
        String answer =
                """
                HTTP/1.1 100 Continue\r
                \r
                HTTP/1.1 202 Accepted\r
                Transfer-Encoding: chunked\r
                \r
                3;x=y\r
                {"a\r
                4\r
                ":1}\r
                0\r
                \r
                """;
        assertEquals(
                new Reply.Answered(202, "{\"a\":1}"),
                ask(OddNames.UNDERSCORE, answer, Duration.ofSeconds(50)));
        for (String none :
                List.of("SSH-2.0\r\n", "HTTP/1.1 x\r\n\r\n", "HTTP/1.1 200\r\nx\r\n\r\n")) {
            assertInstanceOf(
                    Reply.Unreached.class,
                    ask(OddNames.UNDERSCORE, none, Duration.ofSeconds(50)),
                    none);
        }
    }

    /** Of all methods, with its key and its body, as by Java's client. */
    @Test
    @Timeout(60)
    void aHostWithAnUnderscoreIsAskedAsAnyOther() throws Exception {
        BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        try (HttpServer server =
                        HttpServer.start(
                                "127.0.0.1",
                                0,
                                HttpServer.Limits.defaults(),
                                new Random(),
                                request -> {
                                    calls.add(told(request));
                                    return Answer.empty(204);
                                });
                ExportClient client = new ExportClient(LOOPBACK)) {
            for (String method : List.of("GET", "POST", "PATCH")) {
                ExportClient.Body body =
                        method.equals("GET")
                                ? ExportClient.Body.NONE
                                : new ExportClient.Body(
                                        "[]".getBytes(StandardCharsets.UTF_8), "a/b", "identity");
                for (String host : HOSTS) {
                    HttpUrl url = url(host, server.port(), "/x?y=z");
                    Duration timeout = Duration.ofSeconds(50);
                    assertEquals(
                            new Reply.Answered(204, ""),
                            client.ask(new ExportClient.Call(method, url, "k", body, timeout)));
                }
                assertEquals(calls.take(), calls.take());
            }
        }
    }

    private static String told(Request request) throws IOException {
        return request.method()
                + request.rawPath()
                + request.header("Authorization")
                + request.header("Content-Type")
                + request.header("Content-Encoding")
                + request.header("Content-Length");
    }
}
