package io.miroir.cli.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Calls servers as a client behind a load balancer does: each in its turn, the next one when a
 * connection can't be made, and also when it broke under a call that may be repeated. A server that
 * failed is asked last for a while. An answer is an answer: one that says 503 is not tried
 * elsewhere, which is what a plain load balancer does too. For any number of threads.
 */
public final class FailoverClient implements AutoCloseable {
    /** As nginx's fail_timeout, but short: a demo restarts its pods in seconds. */
    private static final long SET_ASIDE_NANOS = Duration.ofSeconds(1).toNanos();

    private final HttpCaller http = new HttpCaller();
    private final List<URI> servers;
    private final String key;
    private final Duration timeout;
    private final LongSupplier nanos;
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<URI, Long> failedAtNanos = new ConcurrentHashMap<>();

    /**
     * @param timeout how long one server may take for its whole answer
     * @param nanos a clock as System::nanoTime
     */
    public FailoverClient(List<URI> servers, String key, Duration timeout, LongSupplier nanos) {
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no server to call");
        }
        this.servers = List.copyOf(servers);
        this.key = key;
        this.timeout = timeout;
        this.nanos = nanos;
    }

    /** Calls one server after the other, each at most once, until one answers. */
    public Reply call(ApiCall call) {
        List<String> reasons = new ArrayList<>();
        boolean sent = false;
        for (URI server : order()) {
            try {
                ApiAnswer answer = http.call(server, key, call, timeout);
                failedAtNanos.remove(server);
                return new Reply.Answered(answer, server, reasons.size());
            } catch (ConnectException | HttpConnectTimeoutException e) {
                setAside(server, reasons, e);
            } catch (IOException e) {
                sent = true;
                setAside(server, reasons, e);
                if (!call.repeatable()) {
                    break;
                }
            }
        }
        return new Reply.Unanswered(reasons, sent);
    }

    /** Calls exactly this server. */
    public Reply callAt(URI server, ApiCall call) {
        try {
            return new Reply.Answered(http.call(server, key, call, timeout), server, 0);
        } catch (IOException e) {
            boolean sent =
                    !(e instanceof ConnectException || e instanceof HttpConnectTimeoutException);
            return new Reply.Unanswered(List.of(reason(server, e)), sent);
        }
    }

    /** The servers in the order in which they were given. */
    public List<URI> servers() {
        return servers;
    }

    @Override
    public void close() {
        http.close();
    }

    private List<URI> order() {
        int first = Math.floorMod(turn.getAndIncrement(), servers.size());
        List<URI> order = new ArrayList<>(servers.size());
        List<URI> aside = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            URI server = servers.get((first + i) % servers.size());
            Long failed = failedAtNanos.get(server);
            boolean isAside = failed != null && nanos.getAsLong() - failed < SET_ASIDE_NANOS;
            (isAside ? aside : order).add(server);
        }
        order.addAll(aside);
        return order;
    }

    private void setAside(URI server, List<String> reasons, IOException e) {
        failedAtNanos.put(server, nanos.getAsLong());
        reasons.add(reason(server, e));
    }

    private static String reason(URI server, IOException e) {
        String message = e.getMessage();
        return server + ": " + (message == null ? e.getClass().getSimpleName() : message);
    }
}
