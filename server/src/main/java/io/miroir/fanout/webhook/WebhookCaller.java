package io.miroir.fanout.webhook;

import io.miroir.api.webhooks.Webhook;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.tls.LazyTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/** Calls webhooks as Meilisearch does, with one more header that tells a delivery from others. */
public final class WebhookCaller implements AutoCloseable {
    /** The same in all attempts to tell one webhook of one task, whichever pod makes them. */
    public static final String DELIVERY_ID = "X-Miroir-Delivery-Id";

    /** As Meilisearch waits. */
    private static final Duration CALL_TIME_MAX = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CALL_TIME_MAX)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .sslContext(LazyTls.get())
                    .sslParameters(LazyTls.parameters())
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();

    /** What became of a call. */
    public sealed interface Reply {
        record Answered(int status) implements Reply {}

        record Unreached(String why) implements Reply {}
    }

    /**
     * Tells a webhook of one task.
     *
     * @param taskJson the task as clients see it
     */
    public Reply post(WebhookRow webhook, long taskUid, byte[] taskJson)
            throws InterruptedException {
        try {
            HttpRequest request = request(webhook, taskUid, Webhook.payload(List.of(taskJson)));
            HttpResponse<InputStream> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            // Not waited for: it may have no end, and no time-out ends it.
            answer.body().close();
            return new Reply.Answered(answer.statusCode());
        } catch (IOException | IllegalArgumentException unreached) {
            // Not each URL is one that can be called: Meilisearch takes them all.
            return new Reply.Unreached(unreached.toString());
        }
    }

    private static HttpRequest request(WebhookRow webhook, long taskUid, byte[] payload) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(webhook.url()))
                        .timeout(CALL_TIME_MAX)
                        .header("Content-Type", Webhook.PAYLOAD_TYPE)
                        .header("Content-Encoding", Webhook.PAYLOAD_ENCODING)
                        .header(DELIVERY_ID, webhook.uuid() + "/" + taskUid);
        webhook.headers().forEach((name, value) -> put(request, name, value));
        return request.POST(HttpRequest.BodyPublishers.ofByteArray(payload)).build();
    }

    private static void put(HttpRequest.Builder request, String name, String value) {
        try {
            request.header(name, value);
        } catch (IllegalArgumentException ours) {
            // Of the connection, as Host and Content-Length: Java's client sets those itself.
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
