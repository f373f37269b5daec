package io.miroir.fanout;

import io.miroir.api.Json;
import io.miroir.fanout.NodeReply.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** HTTP/1.1 with kept-alive connections to one node. Only the node key is ever sent. */
public final class HttpNodeClient implements NodeClient {
    /** A node's answer may not be larger. */
    static final long ANSWER_BYTES_MAX = 256L << 20;

    /** Requests under way to one node; further ones wait within their timeout. */
    static final int IN_FLIGHT_MAX = 256;

    /** Not of Meilisearch, but of what may stand before it. */
    private static final int TOO_MANY_REQUESTS = 429;

    /** What a node answers to a key that does not open it. */
    private static final String KEY_REFUSED = "invalid_api_key";

    private static final String GONE = "the node is not of the cluster any more";

    private final HttpClient http;
    private final URI address;
    private final Supplier<List<String>> nodeKeys;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);

    /** What ends each exchange that is under way. */
    private final Set<Runnable> underWay = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** The key that the node took last; null before the first. */
    private volatile @Nullable String taken;

    /**
     * A client over a shared connection pool.
     *
     * @param address scheme, host and port of the node
     * @param nodeKeys keys that open nodes, the one to try first; none for nodes without one
     */
    public HttpNodeClient(HttpClient http, URI address, Supplier<List<String>> nodeKeys) {
        this.http = http;
        this.address = address;
        this.nodeKeys = nodeKeys;
    }

    @Override
    public NodeReply send(NodeRequest request) {
        try {
            if (!inFlight.tryAcquire(request.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return new NodeReply.Failure(Kind.BUSY, IN_FLIGHT_MAX + " requests are under way");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new NodeReply.Failure(Kind.BUSY, "interrupted");
        }
        // Java's client closes what it has read to its end, not what it gave up in the middle.
        try (SentStreams streams = new SentStreams()) {
            return withAKeyThatOpens(request, streams);
        } finally {
            inFlight.release();
        }
    }

    /** While keys are exchanged some nodes have the new one, others the old one. */
    private NodeReply withAKeyThatOpens(NodeRequest request, SentStreams streams) {
        List<String> keys = nodeKeys.get();
        String known = taken;
        String first = known != null && keys.contains(known) ? known : first(keys);
        NodeReply reply = exchange(request, first, streams);
        for (String other : keys) {
            if (!isKeyRefused(reply)) {
                break;
            }
            if (!other.equals(first)) {
                // Whoever is not let in has done nothing of what was asked.
                reply = exchange(request, other, streams);
                if (!isKeyRefused(reply)) {
                    taken = other;
                }
            }
        }
        return reply;
    }

    private static String first(List<String> keys) {
        return keys.isEmpty() ? "" : keys.getFirst();
    }

    private static boolean isKeyRefused(NodeReply reply) {
        return reply instanceof NodeReply.Refusal refusal && refusal.code().equals(KEY_REFUSED);
    }

    @Override
    public void close() {
        closed = true;
        underWay.forEach(Runnable::run);
    }

    private NodeReply exchange(NodeRequest request, String key, SentStreams streams) {
        if (closed) {
            return new NodeReply.Failure(Kind.UNREACHABLE, GONE);
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(
                        httpRequest(request, key, streams),
                        BodyHandlers.limiting(
                                CountedBody.within(request.share()), ANSWER_BYTES_MAX));
        Runnable ending = () -> answer.cancel(true);
        underWay.add(ending);
        try {
            if (closed) {
                ending.run();
            }
            HttpResponse<byte[]> response =
                    answer.get(request.timeout().toNanos(), TimeUnit.NANOSECONDS);
            return read(response, request.shape());
        } catch (TimeoutException late) {
            answer.cancel(true);
            return new NodeReply.Failure(
                    Kind.TIMEOUT, "no answer within " + request.timeout().toMillis() + " ms");
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new NodeReply.Failure(Kind.TIMEOUT, "interrupted");
        } catch (CancellationException closedMeanwhile) {
            return new NodeReply.Failure(Kind.BROKEN, GONE);
        } catch (ExecutionException failed) {
            return failure(failed.getCause() == null ? failed : failed.getCause());
        } finally {
            underWay.remove(ending);
        }
    }

    private HttpRequest httpRequest(NodeRequest request, String key, SentStreams streams) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(address.resolve(request.target()))
                        .method(request.method(), publisher(request.body(), streams))
                        .timeout(request.timeout());
        if (request.body() != null) {
            builder.header("Content-Type", request.body().contentType());
        }
        if (!key.isEmpty()) {
            builder.header("Authorization", "Bearer " + key);
        }
        return builder.build();
    }

    private static BodyPublisher publisher(@Nullable NodeBody body, SentStreams streams) {
        return switch (body) {
            case null -> BodyPublishers.noBody();
            case NodeBody.Bytes bytes ->
                    BodyPublishers.ofByteArray(
                            bytes.utf8().array(),
                            bytes.utf8().arrayOffset(),
                            bytes.utf8().remaining());
            case NodeBody.Stream stream when stream.lengthBytes() == 0 -> BodyPublishers.noBody();
            case NodeBody.Stream stream ->
                    BodyPublishers.fromPublisher(
                            new StreamPublisher(
                                    streams.keeping(stream.open()), stream.lengthBytes()),
                            stream.lengthBytes());
        };
    }

    private static NodeReply read(HttpResponse<byte[]> response, AnswerShape shape) {
        int status = response.statusCode();
        if (status == TOO_MANY_REQUESTS) {
            return new NodeReply.Failure(Kind.THROTTLED, "status " + status);
        }
        JsonNode body;
        try {
            body =
                    response.body().length == 0
                            ? NullNode.getInstance()
                            : Json.parse(response.body());
        } catch (JacksonException notJson) {
            return status >= 500
                    ? new NodeReply.Failure(Kind.SERVER_ERROR, "status " + status)
                    : new NodeReply.Failure(Kind.GARBAGE, "status " + status + " without JSON");
        }
        if (status >= 500) {
            String why = body.path("message").asString("");
            return new NodeReply.Failure(
                    Kind.SERVER_ERROR, "status " + status + (why.isEmpty() ? "" : ": " + why));
        }
        if (status >= 200 && status < 300) {
            return shape.fits(body)
                    ? new NodeReply.Answer(status, body)
                    : new NodeReply.Failure(Kind.GARBAGE, "JSON that is no answer to this");
        }
        JsonNode code = body.path("code");
        if (status >= 400 && code.isString()) {
            String message = body.path("message").asString("");
            return new NodeReply.Refusal(status, code.stringValue(), message, body);
        }
        return new NodeReply.Failure(Kind.GARBAGE, "status " + status + " without an error code");
    }

    private static NodeReply failure(Throwable cause) {
        Kind kind =
                switch (cause) {
                    case CountedBody.NoRoomException _ -> Kind.NO_ROOM;
                    case IOException _
                            when cause.getCause() instanceof CountedBody.NoRoomException ->
                            Kind.NO_ROOM;
                    case HttpConnectTimeoutException _ -> Kind.UNREACHABLE;
                    case java.net.http.HttpTimeoutException _ -> Kind.TIMEOUT;
                    case ConnectException _ -> Kind.UNREACHABLE;
                    case UnresolvedAddressException _ -> Kind.UNREACHABLE;
                    case IOException _, CancellationException _ -> Kind.BROKEN;
                    // Java's client does not look whether a length is a number.
                    case NumberFormatException _ -> Kind.BROKEN;
                    // Anything else is a bug of ours, and must be seen as one.
                    default -> throw new IllegalStateException("request to a node", cause);
                };
        String text = cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return new NodeReply.Failure(kind, cause.getClass().getSimpleName() + text);
    }
}
