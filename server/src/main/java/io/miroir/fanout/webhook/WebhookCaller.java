package io.miroir.fanout.webhook;

import io.miroir.api.HttpUrl;
import io.miroir.api.IpRules;
import io.miroir.api.UrlText;
import io.miroir.api.webhooks.Webhook;
import io.miroir.fanout.odd.OddHost;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.tls.LazyTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** Calls webhooks as Meilisearch does, with one more header that tells a delivery from others. */
public final class WebhookCaller implements AutoCloseable {
    /** The same in all attempts to tell one webhook of one task, whichever pod makes them. */
    public static final String DELIVERY_ID = "X-Miroir-Delivery-Id";

    /** As Meilisearch waits. */
    private static final Duration CALL_TIME_MAX = Duration.ofSeconds(30);

    private static final String AUTHORIZATION = "Authorization";

    private final IpRules rules;
    private final Duration callTimeMax;
    private final HttpClient client;
    private final ExecutorService oddCalls = Executors.newVirtualThreadPerTaskExecutor();

    /** Calls these addresses, and waits as long as Meilisearch. */
    public WebhookCaller(IpRules rules) {
        this(rules, CALL_TIME_MAX);
    }

    /** Waits for so long for each answer. */
    WebhookCaller(IpRules rules, Duration callTimeMax) {
        this.rules = rules;
        this.callTimeMax = callTimeMax;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(callTimeMax)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        // Which addresses are allowed is looked at here, not by somebody between.
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .sslContext(LazyTls.get())
                        .sslParameters(LazyTls.parameters())
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
    }

    /** What became of a call. */
    public sealed interface Reply {
        record Answered(int status) implements Reply {}

        record Unreached(String why) implements Reply {}

        /** Nobody is called: the address is a local one that the operator does not allow. */
        record Forbidden(InetAddress address) implements Reply {}

        /** Its URL leads to nobody who can be called, and never will. */
        record Uncallable(String why) implements Reply {}
    }

    /**
     * Tells a webhook of one task.
     *
     * @param taskJson the task as clients see it
     */
    public Reply post(WebhookRow webhook, long taskUid, byte[] taskJson)
            throws InterruptedException {
        Optional<HttpUrl> url = UrlText.http(webhook.url());
        URI uri = url.flatMap(HttpUrl::uri).orElse(null);
        if (url.isEmpty() || uri == null) {
            return new Reply.Uncallable("its URL is none of http or https that can be called");
        }
        boolean odd = uri.getHost() == null;
        if (odd && !url.get().scheme().equals("http")) {
            return new Reply.Uncallable(
                    "Java checks no certificate of the host `" + url.get().host() + "`");
        }
        try {
            // The answer is kept by the JVM for longer than a client takes to ask for it again.
            for (InetAddress address : InetAddress.getAllByName(url.get().host())) {
                if (!rules.allows(address)) {
                    return new Reply.Forbidden(address);
                }
            }
        } catch (UnknownHostException unknown) {
            return new Reply.Unreached(unknown.toString());
        }
        Head head = new Head(webhook, url.get(), taskUid);
        byte[] payload = Webhook.payload(List.of(taskJson));
        return odd ? byConnection(head, payload) : byClient(uri, head, payload);
    }

    /** With which headers a task is sent. */
    private record Head(WebhookRow webhook, HttpUrl url, long taskUid) {
        void headers(BiConsumer<String, String> to) {
            to.accept("Content-Type", Webhook.PAYLOAD_TYPE);
            to.accept("Content-Encoding", Webhook.PAYLOAD_ENCODING);
            to.accept(DELIVERY_ID, webhook.uuid() + "/" + taskUid);
            if (webhook.headers().keySet().stream().noneMatch(AUTHORIZATION::equalsIgnoreCase)) {
                url.authorization().ifPresent(value -> to.accept(AUTHORIZATION, value));
            }
            webhook.headers().forEach(to);
        }
    }

    private Reply byClient(URI uri, Head head, byte[] payload) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(callTimeMax);
        head.headers((name, value) -> put(request, name, value));
        request.POST(HttpRequest.BodyPublishers.ofByteArray(payload));
        try {
            HttpResponse<InputStream> answer =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            // Not waited for: it may have no end, and no time-out ends it.
            answer.body().close();
            return new Reply.Answered(answer.statusCode());
        } catch (IOException unreached) {
            return new Reply.Unreached(unreached.toString());
        }
    }

    private static void put(HttpRequest.Builder request, String name, String value) {
        try {
            request.header(name, value);
        } catch (IllegalArgumentException ours) {
            // Of the connection, as Host and Content-Length: Java's client sets those itself.
        }
    }

    private Reply byConnection(Head head, byte[] payload) throws InterruptedException {
        OddHost host = new OddHost(head.url, callTimeMax);
        Future<Integer> status;
        try {
            status = oddCalls.submit(() -> host.call("POST", head::headers, payload, 0).status());
        } catch (RejectedExecutionException closed) {
            return new Reply.Unreached("this pod stops");
        }
        try {
            return new Reply.Answered(status.get(callTimeMax.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            return new Reply.Unreached("no answer within " + callTimeMax);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException unreached) {
                return new Reply.Unreached(unreached.toString());
            }
            throw new IllegalStateException("calling " + head.url.host(), failed.getCause());
        } finally {
            // Closes its connection, if it waits there still.
            status.cancel(true);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        oddCalls.shutdownNow();
    }
}
