package io.miroir.raft.link;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for the other pods; each connection has a thread of its own. */
final class LinkServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkServer.class);

    /** Two of each member, and room for those that a restarted pod left behind. */
    private static final int SESSIONS_MAX = 256;

    /** Of them, those that have not said who they are. */
    static final int GREETINGS_MAX = 64;

    private static final int HELLO_MILLIS_MAX = 5_000;

    /** How long an answer may take to get into the socket: a thread of the log may write it. */
    private static final long WRITE_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

    private static final long RETRY_MILLIS = 250;
    private static final long END_MILLIS_MAX = 1_000;

    private final String self;
    private final InetSocketAddress address;
    private final Sockets sockets;
    private final Requests requests;
    private final LinkMetrics metrics;
    private final ServerSocket server;
    private final Map<Socket, Guest> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Thread accepting;
    private volatile boolean closed;

    LinkServer(
            String self,
            InetSocketAddress address,
            Sockets sockets,
            Requests requests,
            LinkMetrics metrics)
            throws IOException {
        this.self = self;
        this.address = address;
        this.sockets = sockets;
        this.requests = requests;
        this.metrics = metrics;
        this.server = new ServerSocket();
        this.accepting = Thread.ofPlatform().daemon().name(self + "-links").unstarted(this::accept);
    }

    void start() throws IOException {
        server.setReuseAddress(true);
        server.bind(address);
        accepting.start();
    }

    InetSocketAddress address() {
        return server.isBound() ? (InetSocketAddress) server.getLocalSocketAddress() : address;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        open.keySet().forEach(LinkServer::drop);
        try {
            // Until it has left, the port takes connections that nobody serves.
            accepting.join(END_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!closed) {
            Socket socket = null;
            try {
                socket = server.accept();
                receive(socket);
            } catch (IOException | OutOfMemoryError e) {
                if (!closed) {
                    LOG.warn("Cannot accept a connection on {}: {}", address, e.toString());
                    if (socket != null) {
                        leave(socket);
                    }
                    // Out of descriptors or threads: each further try would fail at once.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
                }
            }
        }
    }

    private void receive(Socket socket) {
        long greeting = open.values().stream().filter(guest -> !guest.isGreeted()).count();
        if (open.size() >= SESSIONS_MAX || greeting >= GREETINGS_MAX) {
            LOG.warn("Too many connections to the Raft port: {}", open.size());
            metrics.sessionRefused();
            drop(socket);
            return;
        }
        Guest guest = new Guest(System.nanoTime());
        open.put(socket, guest);
        metrics.sessionBegan();
        Thread.ofPlatform()
                .daemon()
                .name(self + "-link-" + numbers.incrementAndGet())
                .start(() -> serve(socket, guest));
    }

    private void serve(Socket socket, Guest guest) {
        try {
            if (closed) {
                return;
            }
            socket.setSoTimeout(HELLO_MILLIS_MAX);
            Session session =
                    new Session(sockets.accepted(socket, HELLO_MILLIS_MAX), requests, metrics);
            guest.session = session;
            session.run();
        } catch (IOException e) {
            LOG.debug(
                    "A connection from {} ends: {}", socket.getRemoteSocketAddress(), e.toString());
        } catch (RuntimeException e) {
            LOG.warn("A connection from {} ends", socket.getRemoteSocketAddress(), e);
        } finally {
            leave(socket);
        }
    }

    private void leave(Socket socket) {
        if (open.remove(socket) != null) {
            metrics.sessionEnded();
        }
        drop(socket);
    }

    /** Ends those who don't come to their greeting, and those who don't read their answers. */
    void endOverdue(long nowNanos) {
        open.forEach(
                (socket, guest) -> {
                    if (guest.isOverdue(nowNanos)) {
                        drop(socket);
                    }
                });
    }

    /** One who has connected. */
    private static final class Guest {
        private final long sinceNanos;
        private volatile @Nullable Session session;

        Guest(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }

        boolean isGreeted() {
            Session now = session;
            return now != null && now.isGreeted();
        }

        boolean isOverdue(long nowNanos) {
            Session now = session;
            if (now != null && now.isGreeted()) {
                return now.hangs(nowNanos, WRITE_NANOS_MAX);
            }
            return nowNanos - sinceNanos > TimeUnit.MILLISECONDS.toNanos(HELLO_MILLIS_MAX);
        }
    }

    private static void drop(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("Cannot close a connection", e);
        }
    }
}
