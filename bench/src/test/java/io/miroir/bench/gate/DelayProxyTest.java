package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.bench.tools.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A link that takes its time loses nothing, mixes nothing up, and is never faster than it says. */
class DelayProxyTest {
    @Test
    void bytesArriveWholeAndInOrderAfterTheirRoundTrip() throws Exception {
        byte[] sent = new byte[3 << 20];
        new Random(7).nextBytes(sent);
        try (ServerSocket server = listen();
                Links links = Links.delayed();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Duration roundTrip = Duration.ofMillis(40);
            links.roundTrip(roundTrip);
            Future<?> echo = threads.submit(() -> echo(server));
            long startNanos = System.nanoTime();
            byte[] back;
            try (Socket client = connect(links.to(server.getLocalPort()))) {
                Future<?> sending = threads.submit(() -> send(client, sent));
                back = client.getInputStream().readAllBytes();
                sending.get();
            }
            assertTrue(System.nanoTime() - startNanos >= roundTrip.toNanos());
            assertArrayEquals(sent, back);
            echo.get();
            assertEquals(2L * sent.length, links.passedBytes());
        }
    }

    @Test
    void aServerThatIsNotThereEndsTheConnectionAsAClosedPortDoes() throws Exception {
        int nobody = Ports.free(1).getFirst();
        try (Links links = Links.delayed();
                Socket client = connect(links.to(nobody))) {
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void withoutANetworkTheLinkIsThePortItself() {
        try (Links links = Links.straight()) {
            assertEquals(4_711, links.to(4_711));
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(Ports.free(1).getFirst(), 1, InetAddress.getLoopbackAddress());
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static void echo(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            throw new AssertionError("the echo broke", e);
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError("cannot send", e);
        }
    }
}
