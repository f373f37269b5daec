package io.miroir.fanout.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.store.webhook.WebhookRow;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What receivers may answer. */
class WebhookCallerTest {
    /** One that goes on answering for ever would keep all that ends from being told. */
    @Test
    @Timeout(60)
    void anAnswerIsNotReadToItsEnd() throws Exception {
        try (ServerSocket receiver = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                WebhookCaller caller = new WebhookCaller();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<WebhookCaller.Reply> reply =
                    threads.submit(
                            () ->
                                    caller.post(
                                            webhook(receiver.getLocalPort()),
                                            7,
                                            "{}".getBytes(UTF_8)));
            try (Socket call = receiver.accept()) {
                call.getOutputStream()
                        .write(
                                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun"
                                        .getBytes(UTF_8));
                call.getOutputStream().flush();
                assertEquals(
                        200,
                        assertInstanceOf(WebhookCaller.Reply.Answered.class, reply.get()).status());
            }
        }
    }

    private static WebhookRow webhook(int port) {
        return new WebhookRow("u", "http://127.0.0.1:" + port + "/", new TreeMap<>(), 0, 0);
    }
}
