package io.miroir.fanout.webhook;

import io.miroir.api.HttpUrl;
import io.miroir.api.IpRules;
import io.miroir.api.UrlText;
import io.miroir.api.webhooks.Webhook;
import io.miroir.fanout.outside.OutsideClient;
import io.miroir.store.webhook.WebhookRow;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Calls webhooks as Meilisearch does, with one more header that tells a delivery from others. */
public final class WebhookCaller implements AutoCloseable {
    /** The same in all attempts to tell one webhook of one task, whichever pod makes them. */
    public static final String DELIVERY_ID = "X-Miroir-Delivery-Id";

    /** As Meilisearch waits. */
    private static final Duration CALL_TIME_MAX = Duration.ofSeconds(30);

    private static final String AUTHORIZATION = "Authorization";

    private final Duration callTimeMax;
    private final OutsideClient client;

    /** Calls these addresses, and waits as long as Meilisearch. */
    public WebhookCaller(IpRules rules) {
        this(rules, CALL_TIME_MAX);
    }

    /** Waits for so long for each answer. */
    WebhookCaller(IpRules rules, Duration callTimeMax) {
        this.callTimeMax = callTimeMax;
        this.client = new OutsideClient(rules);
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
        if (uri.getHost() == null && url.get().isSecure()) {
            return new Reply.Uncallable(
                    "Java checks no certificate of the host `" + url.get().host() + "`");
        }
        Head head = new Head(webhook, url.get(), taskUid);
        OutsideClient.Call call =
                new OutsideClient.Call(
                        "POST",
                        url.get(),
                        head::headers,
                        // Not waited for: it may have no end.
                        0,
                        callTimeMax);
        return switch (client.ask(call, Webhook.payload(List.of(taskJson)))) {
            case OutsideClient.Reply.Answered answer -> new Reply.Answered(answer.status());
            case OutsideClient.Reply.Unreached unreached -> new Reply.Unreached(unreached.why());
            case OutsideClient.Reply.Forbidden(var address) -> new Reply.Forbidden(address);
        };
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

    @Override
    public void close() {
        client.close();
    }
}
