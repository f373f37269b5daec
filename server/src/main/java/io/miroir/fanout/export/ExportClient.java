package io.miroir.fanout.export;

import io.miroir.api.HttpUrl;
import io.miroir.api.IpRules;
import io.miroir.api.UrlText;
import io.miroir.fanout.odd.OddHost;
import io.miroir.tls.LazyTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Asks another Meilisearch, once. */
public final class ExportClient implements AutoCloseable {
    private static final Duration CONNECT_TIME_MAX = Duration.ofSeconds(5);

    /** Of an answer nobody needs more. */
    private static final int ANSWER_BYTES_MAX = 64 << 10;

    private final IpRules rules;
    private final ExecutorService oddCalls = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIME_MAX)
                    // The key is not for whomever an answer names.
                    .followRedirects(HttpClient.Redirect.NEVER)
                    // Which addresses are allowed is looked at here, not by somebody between.
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .sslContext(LazyTls.get())
                    .sslParameters(LazyTls.parameters())
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();

    /**
     * What is asked.
     *
     * @param target the whole URL
     * @param apiKey sent as the bearer's; null for none
     * @param timeout of the whole request and its answer
     */
    public record Call(
            String method, URI target, @Nullable String apiKey, Body body, Duration timeout) {}

    /** What is sent. */
    public static final class Body {
        /** Nothing. */
        public static final Body NONE = new Body(new byte[0], "", null);

        private final byte[] bytes;
        private final String type;
        private final @Nullable String encoding;

        /**
         * Sends something.
         *
         * @param type its media type
         * @param encoding how it is encoded; null if it is not
         */
        public Body(byte[] bytes, String type, @Nullable String encoding) {
            this.bytes = bytes;
            this.type = type;
            this.encoding = encoding;
        }
    }

    /** What came of it. */
    public sealed interface Reply {
        record Answered(int status, String body) implements Reply {
            /** Whether it was done. */
            public boolean ok() {
                return status >= 200 && status < 300;
            }
        }

        /** Nobody answers. */
        record Unreached(String why) implements Reply {}

        /** Nobody is asked: the address is a local one that the operator does not allow. */
        record Forbidden(InetAddress address) implements Reply {}
    }

    /** A client that speaks to these addresses. */
    public ExportClient(IpRules rules) {
        this.rules = rules;
    }

    /** Asks. */
    public Reply ask(Call call) throws InterruptedException {
        String name = call.target().getHost();
        HttpUrl odd = name == null ? odd(call) : null;
        try {
            // The answer is kept by the JVM for longer than the client takes to ask for it again.
            String host = odd == null ? name : odd.host();
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!rules.allows(address)) {
                    return new Reply.Forbidden(address);
                }
            }
            return odd == null ? send(call) : send(call, odd);
        } catch (UnknownHostException unknown) {
            return new Reply.Unreached(
                    "failed to lookup address information: Name or service not known");
        }
    }

    /** The client's own time-out ends with the head of the answer. */
    private Reply send(Call call) throws InterruptedException {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(
                        request(call),
                        HttpResponse.BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(bytes -> keep(bytes, told))));
        try {
            int status = answer.get(call.timeout().toMillis(), TimeUnit.MILLISECONDS).statusCode();
            return new Reply.Answered(status, told.toString(StandardCharsets.UTF_8));
        } catch (TimeoutException _) {
            return late(call);
        } catch (ExecutionException failed) {
            return new Reply.Unreached(String.valueOf(failed.getCause()));
        } finally {
            answer.cancel(true);
        }
    }

    /** One whose host has no name to Java's client. */
    private static HttpUrl odd(Call call) {
        return UrlText.http(call.target().toString())
                .orElseThrow(() -> new IllegalArgumentException("no host: " + call.target()));
    }

    private Reply send(Call call, HttpUrl odd) throws InterruptedException {
        OddHost host = new OddHost(odd, call.timeout().plus(CONNECT_TIME_MAX));
        Future<OddHost.Answer> answer =
                oddCalls.submit(
                        () ->
                                host.call(
                                        call.method(),
                                        to -> headers(call, to),
                                        call.body().bytes,
                                        ANSWER_BYTES_MAX));
        try {
            OddHost.Answer told = answer.get(call.timeout().toMillis(), TimeUnit.MILLISECONDS);
            String body = StandardCharsets.UTF_8.decode(told.body()).toString();
            return new Reply.Answered(told.status(), body);
        } catch (TimeoutException _) {
            return late(call);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException unreached) {
                return new Reply.Unreached(unreached.toString());
            }
            throw new IllegalStateException("asking " + call.target(), failed.getCause());
        } finally {
            // Closes its connection, if it waits there still.
            answer.cancel(true);
        }
    }

    private static Reply late(Call call) {
        return new Reply.Unreached("no whole answer within " + call.timeout().toSeconds() + " s");
    }

    private static void keep(byte[] bytes, ByteArrayOutputStream told) {
        told.write(bytes, 0, Math.min(bytes.length, ANSWER_BYTES_MAX - told.size()));
    }

    private static HttpRequest request(Call call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(call.target()).timeout(call.timeout());
        headers(call, request::header);
        HttpRequest.BodyPublisher body =
                call.body().bytes.length == 0
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(call.body().bytes);
        return request.method(call.method(), body).build();
    }

    private static void headers(Call call, BiConsumer<String, String> to) {
        if (call.apiKey() != null) {
            to.accept("Authorization", "Bearer " + call.apiKey());
        }
        Body body = call.body();
        if (body.bytes.length > 0) {
            to.accept("Content-Type", body.type);
            if (body.encoding != null) {
                to.accept("Content-Encoding", body.encoding);
            }
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        oddCalls.shutdownNow();
    }
}
