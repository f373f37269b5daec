package io.miroir.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who meets no https address makes no TLS; who meets one has it. */
class LazyTlsTest {
    @TempDir Path dir;

    @Test
    void itIsMadeAtTheFirstAddressThatNeedsIt() throws Exception {
        Path file = Files.writeString(dir.resolve("secret"), "a secret of both sides");
        PodKeys keys = new SecretKeys(new SharedSecret(file, System::nanoTime));
        SSLContext trusting = SSLContext.getInstance("TLSv1.3");
        trusting.init(new KeyManager[] {keys.keys()}, new TrustManager[] {keys.trust()}, null);
        AtomicInteger made = new AtomicInteger();
        LazyTls lazy =
                new LazyTls(
                        () -> {
                            made.incrementAndGet();
                            return trusting;
                        });
        try (HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(lazy)
                        .sslParameters(LazyTls.parameters())
                        .build()) {
            assertEquals(204, status(client, "http", ServerSocketFactory.getDefault()));
            assertEquals(0, made.get());
            for (int i = 0; i < 2; i++) {
                assertEquals(204, status(client, "https", trusting.getServerSocketFactory()));
                assertEquals(1, made.get());
            }
        }
    }

    private static int status(HttpClient client, String scheme, ServerSocketFactory sockets)
            throws Exception {
        try (ServerSocket server =
                sockets.createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(server));
            URI uri = URI.create(scheme + "://127.0.0.1:" + server.getLocalPort() + "/");
            HttpResponse<Void> answer =
                    client.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.discarding());
            served.join();
            return answer.statusCode();
        }
    }

    private static void serve(ServerSocket server) {
        try (Socket socket = server.accept();
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = in.readLine();
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            socket.getOutputStream()
                    .write(
                            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
