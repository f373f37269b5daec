package io.miroir.bench.gate;

import io.miroir.bench.tools.Ports;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The network between processes: loopback as it is, or a proxy a directed link that holds back what
 * passes. A process listens on its own port and is told the proxies' for the others, so no address
 * that a process binds is one that another connects to.
 */
final class Links implements AutoCloseable {
    private final boolean straight;
    private final List<DelayProxy> proxies = new CopyOnWriteArrayList<>();
    private volatile long oneWayNanos;

    private Links(boolean straight) {
        this.straight = straight;
    }

    /** Loopback as it is. */
    static Links straight() {
        return new Links(true);
    }

    /** Proxies; without delay until one is set. */
    static Links delayed() {
        return new Links(false);
    }

    /** The port by which one process may reach that of another. */
    int to(int port) {
        if (straight) {
            return port;
        }
        DelayProxy proxy = new DelayProxy(Ports.free(1).getFirst(), port, () -> oneWayNanos);
        proxies.add(proxy);
        return proxy.port();
    }

    /** From now on: half of it each way. */
    void roundTrip(Duration time) {
        oneWayNanos = time.toNanos() / 2;
    }

    /** How much went through all of them. */
    long passedBytes() {
        return proxies.stream().mapToLong(DelayProxy::passedBytes).sum();
    }

    @Override
    public void close() {
        proxies.forEach(DelayProxy::close);
    }
}
