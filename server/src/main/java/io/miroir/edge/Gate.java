package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.StoreUnavailableException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every request goes through: the limit on how many run, and metrics. */
final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final int STATUS_ON_BUG = 500;
    private static final double NANOS_PER_MILLI = 1e6;

    /** Whoever asks whether a pod lives or is ready must hear it also of one that is busy. */
    private static final Set<String> ALWAYS_OPEN =
            Set.of("/health", "/_miroir/ready", "/_miroir/metrics");

    private final Semaphore writes;
    private final Semaphore others;
    private final EdgeMetrics metrics;

    /** What has slots of its own. */
    enum Kind {
        /** Waits for its turn among the writes of its index. */
        WRITE,
        OTHER;

        static Kind of(Route route) {
            boolean write =
                    (route.pattern().startsWith("/indexes")
                                    || route.pattern().equals("/swap-indexes"))
                            && !StaleView.isRead(route);
            return write ? WRITE : OTHER;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A gate.
     *
     * @param slots requests that run at a time; further ones are refused
     */
    Gate(Edge.Slots slots, EdgeMetrics metrics) {
        this.writes = new Semaphore(slots.writes());
        this.others = new Semaphore(slots.others());
        this.metrics = metrics;
    }

    /** The same route behind the gate. */
    Route guarded(Route route) {
        Kind kind = Kind.of(route);
        return new Route(route.verb(), route.pattern(), request -> pass(kind, route, request));
    }

    private Answer pass(Kind kind, Route route, Request request) throws Exception {
        long startedNanos = System.nanoTime();
        int status = STATUS_ON_BUG;
        metrics.began();
        try {
            Answer answer = limited(kind, route, request);
            status = answer.status();
            return answer;
        } catch (ApiException refusal) {
            status = refusal.status();
            throw refusal;
        } catch (StoreUnavailableException unavailable) {
            status = ErrorCode.MIROIR_OVERLOADED.status();
            throw new ApiException(ErrorCode.MIROIR_OVERLOADED, unavailable.refusal().message());
        } finally {
            long tookNanos = System.nanoTime() - startedNanos;
            metrics.ended(route.verb(), route.pattern(), status, tookNanos);
            LOG.atDebug()
                    .addKeyValue("method", route.verb())
                    .addKeyValue("path", request.rawPath())
                    .addKeyValue("status", status)
                    .addKeyValue("duration_ms", tookNanos / NANOS_PER_MILLI)
                    .log("request answered");
        }
    }

    private Answer limited(Kind kind, Route route, Request request) throws Exception {
        if (ALWAYS_OPEN.contains(route.pattern())) {
            return route.handler().handle(request);
        }
        Semaphore free =
                switch (kind) {
                    case WRITE -> writes;
                    case OTHER -> others;
                };
        if (!free.tryAcquire()) {
            throw new ApiException(
                    ErrorCode.MIROIR_OVERLOADED, "This pod works on as many requests as it may.");
        }
        metrics.entered(kind);
        try {
            return route.handler().handle(request);
        } finally {
            metrics.left(kind);
            free.release();
        }
    }
}
