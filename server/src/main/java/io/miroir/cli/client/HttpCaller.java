package io.miroir.cli.client;

import io.miroir.tls.LazyTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends calls to servers over HTTP/1.1. For any number of threads. */
public final class HttpCaller implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .sslContext(LazyTls.get())
                    .sslParameters(LazyTls.parameters())
                    .build();

    /**
     * Sends a call and waits for the whole answer.
     *
     * @param server scheme, host and port
     * @param key empty for no authorization
     * @throws java.net.ConnectException nothing was sent: no connection came about
     * @throws IOException the connection broke or the time ran out; the server may have acted
     */
    public ApiAnswer call(URI server, String key, ApiCall call, Duration timeout)
            throws IOException {
        HttpRequest.BodyPublisher body =
                call.body().isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(call.body());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(call.path()))
                        .timeout(timeout)
                        .method(call.method(), body);
        call.headers().forEach(request::header);
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            HttpResponse<String> response =
                    client.send(
                            request.build(),
                            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new ApiAnswer(response.statusCode(), response.headers().map(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + server, e);
        }
    }

    /** Drops what is under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
