package io.miroir.embedded;

import io.miroir.api.HttpUrl;
import io.miroir.api.Json;
import io.miroir.api.UrlText;
import io.miroir.api.webhooks.Webhook;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.TaskRow;
import io.miroir.tls.LazyTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells webhooks of finished tasks: once, without repeating what fails. */
final class WebhookSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    /** More calls at a time are dropped: a slow receiver must not hold tasks up. */
    private static final int CALLS_MAX = 32;

    private static final Duration CALL_TIME_MAX = Duration.ofSeconds(30);

    private final NodeState state;
    private final Semaphore calls = new Semaphore(CALLS_MAX);
    private final HttpClient client =
            HttpClient.newBuilder()
                    .connectTimeout(CALL_TIME_MAX)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .sslContext(LazyTls.get())
                    .sslParameters(LazyTls.parameters())
                    .build();

    WebhookSender(NodeState state) {
        this.state = state;
    }

    void tell(List<TaskRow> finished) {
        if (state.webhooks().isEmpty()) {
            return;
        }
        byte[] body =
                Webhook.payload(
                        finished.stream().map(task -> Json.bytes(task.view().toJson())).toList());
        for (Webhook webhook : state.webhooks().values()) {
            if (!calls.tryAcquire()) {
                LOG.warn("webhook {}: not told of {} tasks", webhook.uuid(), finished.size());
                continue;
            }
            Thread.startVirtualThread(() -> call(webhook, body));
        }
    }

    private void call(Webhook webhook, byte[] body) {
        try {
            int status =
                    client.send(request(webhook, body), HttpResponse.BodyHandlers.discarding())
                            .statusCode();
            if (status >= 400) {
                LOG.warn("webhook {} answers {}", webhook.uuid(), status);
            }
        } catch (IOException | IllegalArgumentException unreachable) {
            LOG.warn("webhook {} is not reached: {}", webhook.uuid(), unreachable.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            calls.release();
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private static HttpRequest request(Webhook webhook, byte[] body) {
        URI uri =
                UrlText.http(webhook.url())
                        .flatMap(HttpUrl::uri)
                        .orElseThrow(() -> new IllegalArgumentException("it can't be called"));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .timeout(CALL_TIME_MAX)
                        .header("Content-Type", Webhook.PAYLOAD_TYPE)
                        .header("Content-Encoding", Webhook.PAYLOAD_ENCODING);
        webhook.headers().forEach(request::header);
        return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }
}
