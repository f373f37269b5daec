package io.miroir.fanout.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.api.export.IpNetwork;
import io.miroir.api.export.IpRules;
import io.miroir.fanout.export.ExportClient.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody who is asked can keep the asker. */
class ExportClientTest {
    private static final IpRules LOOPBACK =
            new IpRules(List.of(IpNetwork.parse("127.0.0.0/8").orElseThrow()));

    private static Reply ask(String answer, Duration timeout) throws Exception {
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
                                URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"),
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
        Reply reply = ask(head, Duration.ofSeconds(5));
        assertEquals(new Reply.Unreached("no whole answer within 5 s"), reply);
    }

    @Test
    @Timeout(60)
    void ofALongAnswerTheBeginningIsKept() throws Exception {
        int length = 1 << 20;
        String head = "HTTP/1.1 404 Not Found\r\nContent-Length: " + length + "\r\n\r\n";
        Reply reply = ask(head + "x".repeat(length), Duration.ofSeconds(50));
        Reply.Answered answered = assertInstanceOf(Reply.Answered.class, reply);
        assertEquals(404, answered.status());
        assertEquals("x".repeat(64 << 10), answered.body());
    }
}
