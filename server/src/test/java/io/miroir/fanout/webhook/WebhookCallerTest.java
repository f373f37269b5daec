package io.miroir.fanout.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.api.IpNetwork;
import io.miroir.api.IpRules;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.HttpServer;
import io.miroir.store.webhook.WebhookRow;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom it calls, and what receivers may answer. */
class WebhookCallerTest {
    private static final byte[] TASK = "{}".getBytes(UTF_8);
    private static final IpRules LOOPBACK =
            new IpRules(List.of(IpNetwork.parse("127.0.0.0/8").orElseThrow()));

    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

    /** One that goes on answering for ever would keep all that ends from being told. */
    @Test
    @Timeout(60)
    void anAnswerIsNotReadToItsEnd() throws Exception {
        for (String host : List.of("127.0.0.1", OddNames.UNDERSCORE)) {
            try (ServerSocket receiver = receiver();
                    WebhookCaller caller = new WebhookCaller(LOOPBACK);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                String url = "http://" + host + ":" + receiver.getLocalPort() + "/";
                Future<WebhookCaller.Reply> reply =
                        threads.submit(() -> caller.post(webhook(url, Map.of()), 7, TASK));
                try (Socket call = receiver.accept()) {
                    call.getOutputStream()
                            .write(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun"
                                            .getBytes(UTF_8));
                    call.getOutputStream().flush();
                    assertEquals(
                            200,
                            assertInstanceOf(WebhookCaller.Reply.Answered.class, reply.get())
                                    .status());
                }
            }
        }
    }

    /** However much of it has come: one that drips in would take a place for ever. */
    @Test
    @Timeout(60)
    void anAnswerThatDripsInIsNotWaitedForForEver() throws Exception {
        for (String host : List.of("127.0.0.1", OddNames.UNDERSCORE)) {
            try (ServerSocket receiver = receiver();
                    WebhookCaller caller = new WebhookCaller(LOOPBACK, Duration.ofMillis(300))) {
                Thread dripping = Thread.ofVirtual().start(() -> drip(receiver));
                String url = "http://" + host + ":" + receiver.getLocalPort() + "/";
                assertInstanceOf(
                        WebhookCaller.Reply.Unreached.class,
                        caller.post(webhook(url, Map.of()), 7, TASK));
                dripping.join();
            }
        }
    }

    /** Until the caller hangs up. */
    private static void drip(ServerSocket receiver) {
        try (Socket call = receiver.accept()) {
            OutputStream out = call.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nx: ".getBytes(UTF_8));
            while (true) {
                out.write('y');
                out.flush();
                Thread.sleep(1);
            }
        } catch (IOException | InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    /** Meilisearch takes all of these. */
    @Test
    void whatIsNoUrlToJavaIsCalledAllTheSame() throws Exception {
        try (HttpServer receiver = listening();
                WebhookCaller caller = new WebhookCaller(LOOPBACK)) {
            String there = "127.0.0.1:" + receiver.port();
            String odd = OddNames.UNDERSCORE + ":" + receiver.port();
            assertCalled(caller, there + " /a%20b none", "http://" + there + "/a b", Map.of());
            assertCalled(
                    caller, there + " /%7Ba%7D%7C none", "http:\\\\" + there + "/{a}|#b", Map.of());
            assertCalled(caller, odd + " /a none", "http://" + odd + "/a", Map.of());
            // What Meilisearch makes of a name in the URL, if no header says more.
            assertCalled(caller, there + " / Basic dTpw", "http://u:p@" + there, Map.of());
            assertCalled(caller, odd + " / Basic dTo=", "http://u@" + odd, Map.of());
            assertCalled(caller, odd + " / own", "http://u@" + odd, Map.of("authorization", "own"));
        }
    }

    @Test
    void whatNobodyCanCallIsTold() throws Exception {
        try (WebhookCaller caller = new WebhookCaller(LOOPBACK)) {
            for (String url :
                    List.of(
                            "localhost:7700",
                            "ftp://127.0.0.1/",
                            "mailto:a@b",
                            "http://a{b}/",
                            "https://" + OddNames.UNDERSCORE + "/")) {
                assertInstanceOf(
                        WebhookCaller.Reply.Uncallable.class,
                        caller.post(webhook(url, Map.of()), 7, TASK),
                        url);
            }
        }
    }

    /** Whoever makes webhooks does not reach into a private network by that, whatever the name. */
    @Test
    void noLocalAddressIsCalledThatIsNotAllowed() throws Exception {
        try (HttpServer receiver = listening();
                WebhookCaller caller = new WebhookCaller(new IpRules(List.of()))) {
            for (String host :
                    List.of("127.0.0.1", "localhost", OddNames.UNDERSCORE, "2130706433")) {
                WebhookCaller.Reply reply =
                        caller.post(
                                webhook("http://" + host + ":" + receiver.port() + "/", Map.of()),
                                7,
                                TASK);
                assertInstanceOf(WebhookCaller.Reply.Forbidden.class, reply, host);
            }
            assertInstanceOf(
                    WebhookCaller.Reply.Forbidden.class,
                    caller.post(webhook("http://[::1]:1/", Map.of()), 7, TASK));
        }
        assertEquals(0, calls.size());
    }

    private void assertCalled(
            WebhookCaller caller, String call, String url, Map<String, String> headers)
            throws InterruptedException {
        WebhookCaller.Reply reply = caller.post(webhook(url, headers), 7, TASK);
        assertEquals(new WebhookCaller.Reply.Answered(401), reply, url);
        assertEquals(call + " u/7", calls.take(), url);
    }

    private HttpServer listening() {
        return HttpServer.start(
                "127.0.0.1",
                0,
                HttpServer.Limits.defaults(),
                new Random(),
                request -> {
                    String authorization = request.header("Authorization");
                    calls.add(
                            request.header("Host")
                                    + " "
                                    + request.rawPath()
                                    + " "
                                    + (authorization == null ? "none" : authorization)
                                    + " "
                                    + request.header(WebhookCaller.DELIVERY_ID));
                    return Answer.empty(401);
                });
    }

    private static ServerSocket receiver() throws IOException {
        ServerSocket receiver = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        receiver.setSoTimeout(20_000);
        return receiver;
    }

    private static WebhookRow webhook(String url, Map<String, String> headers) {
        return new WebhookRow("u", url, new TreeMap<>(headers), 0, 0);
    }
}
