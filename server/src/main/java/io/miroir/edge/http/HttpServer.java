package io.miroir.edge.http;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * An HTTP/1.1 server that gives each request a virtual thread, and is the one place where errors
 * become answers.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private static final int BUFFER_BYTES = 16 * 1024;

    /** Free ones that are kept; those beyond go back to the system. */
    private static final int FREE_BUFFERS_MAX = 512;

    private static final int REQUEST_ID_BYTES = 8;
    private static final int REQUEST_ID_CHARS_MAX = 128;

    /** A client that was just told of an older connection's end may be sending on another one. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long POLL_MILLIS = 5;
    private static final HttpString REQUEST_ID = new HttpString("X-Request-Id");

    private final Limits limits;
    private final Handler handler;
    private final Supplier<String> requestIds;
    private final ExecutorService threads;
    private final ByteBufferPool buffers;
    private final Listener listener;
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean draining;

    /**
     * What a client may ask of the server.
     *
     * @param bodyBytesMax the largest body, after decoding
     * @param headerBytesMax the largest request line and headers together
     * @param silenceMillisMax how long a client may send nothing in the middle of its body, and
     *     take nothing of its answer
     * @param idleMillisMax how long a connection without a request is kept
     */
    public record Limits(
            long bodyBytesMax, int headerBytesMax, int silenceMillisMax, int idleMillisMax) {
        /** What is read of a refused body, so that its client hears why: most are little beyond. */
        long unwantedBytesMax() {
            return 2 * bodyBytesMax;
        }

        /** Meilisearch's body limit (100 MB), and room for generous headers. */
        public static Limits defaults() {
            return new Limits(100_000_000, 64 << 10, 30_000, 75_000);
        }
    }

    private HttpServer(
            String host, int port, Limits limits, RandomGenerator random, Handler handler)
            throws IOException {
        this.limits = limits;
        this.handler = handler;
        this.requestIds = () -> newRequestId(random);
        this.threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
        // Virtual threads are never reused: a cache per thread would only hold buffers back.
        this.buffers = new DefaultByteBufferPool(true, BUFFER_BYTES, FREE_BUFFERS_MAX, 0);
        this.listener =
                Listener.open(new InetSocketAddress(host, port), limits, buffers, this::dispatch);
    }

    /**
     * Starts a server.
     *
     * @param host the address to listen on
     * @param port the port; 0 takes a free one
     * @param random makes request ids, which need not be secret
     * @param handler serves every request
     */
    public static HttpServer start(
            String host, int port, Limits limits, RandomGenerator random, Handler handler) {
        try {
            return new HttpServer(host, port, limits, random, handler);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The port it listens on. */
    public int port() {
        return listener.port();
    }

    /**
     * Refuses new connections, so that clients go elsewhere, and waits for the requests of those
     * that are open: each is answered and told that its connection ends.
     *
     * @return whether all were answered within {@code graceMillis}
     */
    public boolean drain(long graceMillis) throws InterruptedException {
        draining = true;
        listener.refuse();
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMillis);
        long quietNanos = System.nanoTime();
        while (System.nanoTime() - quietNanos < QUIET_NANOS) {
            if (running.get() > 0) {
                quietNanos = System.nanoTime();
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                return running.get() == 0;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    @Override
    public void close() {
        listener.close();
        threads.shutdownNow();
        buffers.close();
    }

    private void dispatch(HttpServerExchange exchange) {
        running.incrementAndGet();
        exchange.addExchangeCompleteListener(
                (_, next) -> {
                    running.decrementAndGet();
                    next.proceed();
                });
        exchange.dispatch(threads, () -> serve(exchange));
    }

    private void serve(HttpServerExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst(REQUEST_ID);
        String id = given != null && isRequestId(given) ? given : requestIds.get();
        // Whatever is logged on the way carries the request's id.
        try (MDC.MDCCloseable _ = MDC.putCloseable("request_id", id)) {
            ChannelStream body = new ChannelStream(exchange, limits.silenceMillisMax());
            Answer answer = answer(exchange, id, body);
            if (!exchange.isRequestComplete() && !body.drain(limits.unwantedBytesMax())) {
                // Nobody can say where the next request begins.
                exchange.setPersistent(false);
            }
            send(exchange, id, answer);
        } catch (ClientGone gone) {
            LOG.debug("request {}: {}", id, gone.getMessage());
            closeConnection(exchange);
        }
    }

    /** It goes into logs and back to the client: visible ASCII, nothing that a terminal obeys. */
    private static boolean isRequestId(String given) {
        return !given.isEmpty()
                && given.length() <= REQUEST_ID_CHARS_MAX
                && given.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }

    /** The one error boundary. */
    private Answer answer(HttpServerExchange exchange, String id, ChannelStream raw)
            throws ClientGone {
        try {
            if (Cors.isPreflight(exchange)) {
                return Answer.empty(200);
            }
            requireFraming(exchange);
            return handled(exchange, id, raw);
        } catch (ApiException refusal) {
            return Answer.error(refusal);
        } catch (ClientGone gone) {
            throw gone;
        } catch (Exception | Error bug) {
            LOG.error("request {} {} {}", id, exchange.getRequestMethod(), bug, bug);
            return Answer.error(
                    ErrorCode.INTERNAL, "An internal error has occurred. `" + id + "`.");
        }
    }

    private Answer handled(HttpServerExchange exchange, String id, ChannelStream raw)
            throws Exception {
        var body =
                Bodies.decoded(
                        raw,
                        exchange.getRequestContentLength(),
                        exchange.getRequestHeaders().getFirst(Headers.CONTENT_ENCODING),
                        limits.bodyBytesMax());
        ExchangeRequest request =
                new ExchangeRequest(exchange, id, new ExchangeRequest.Body(raw, body));
        try {
            return handler.handle(request);
        } finally {
            request.ended();
        }
    }

    // Undertow takes an encoding that it does not know for no body at all, and is lenient about the
    // bytes between chunks: what comes after such a body could be somebody else's request.
    private static void requireFraming(HttpServerExchange exchange) {
        HeaderValues encodings = exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING);
        if (encodings == null) {
            return;
        }
        exchange.setPersistent(false);
        if (encodings.size() != 1 || !encodings.getFirst().equalsIgnoreCase("chunked")) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST, "The only transfer encoding taken is `chunked`.");
        }
    }

    private void send(HttpServerExchange exchange, String id, Answer answer) {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(REQUEST_ID, id);
        Cors.addHeaders(exchange);
        answer.headers().forEach((name, value) -> headers.put(new HttpString(name), value));
        if (answer.contentType() != null) {
            headers.put(Headers.CONTENT_TYPE, answer.contentType());
        }
        if (draining) {
            exchange.setPersistent(false);
        }
        exchange.setStatusCode(answer.status());
        Answer.Streamed streamed = answer.streamed();
        if (streamed != null) {
            stream(exchange, id, streamed);
            return;
        }
        byte[] body = answer.body();
        if (Gzip.suits(answer)) {
            headers.add(Headers.VARY, "Accept-Encoding");
            if (Gzip.isAccepted(exchange.getRequestHeaders().getFirst(Headers.ACCEPT_ENCODING))) {
                body = Gzip.of(body);
                headers.put(Headers.CONTENT_ENCODING, "gzip");
            }
        }
        whole(exchange, ByteBuffer.wrap(body));
    }

    // On the IO thread: from any other one, Undertow lets that thread spin while the exchange ends,
    // and a client that has read its answer asks again in that very moment.
    private static void whole(HttpServerExchange exchange, ByteBuffer body) {
        try {
            exchange.getIoThread().execute(() -> exchange.getResponseSender().send(body));
        } catch (RejectedExecutionException stopping) {
            closeConnection(exchange);
        }
    }

    /** An answer that breaks off ends its connection: the client must not take it for whole. */
    private void stream(HttpServerExchange exchange, String id, Answer.Streamed body) {
        exchange.setResponseContentLength(body.bytes());
        try (body;
                OutputStream out = new ChannelSink(exchange, limits.silenceMillisMax())) {
            body.writeTo(out);
        } catch (IOException e) {
            LOG.warn("request {}: the answer broke off: {}", id, e.getMessage());
            closeConnection(exchange);
        }
        // Of a request that is not read to its end nobody else would.
        exchange.endExchange();
    }

    private static void closeConnection(HttpServerExchange exchange) {
        exchange.setPersistent(false);
        org.xnio.IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }

    private static String newRequestId(RandomGenerator random) {
        byte[] bytes = new byte[REQUEST_ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
