package io.miroir.raft.link;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for the other pods; each connection has a thread of its own. */
final class LinkServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkServer.class);

    /** Two of each member, and room for those that a restarted pod left behind. */
    private static final int SESSIONS_MAX = 256;

    private static final int HELLO_MILLIS_MAX = 5_000;
    private static final long END_MILLIS_MAX = 1_000;

    private final String self;
    private final InetSocketAddress address;
    private final Sockets sockets;
    private final Requests requests;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final Thread accepting;
    private volatile boolean closed;

    LinkServer(String self, InetSocketAddress address, Sockets sockets, Requests requests)
            throws IOException {
        this.self = self;
        this.address = address;
        this.sockets = sockets;
        this.requests = requests;
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
        open.forEach(LinkServer::drop);
        try {
            // Until it has left, the port takes connections that nobody serves.
            accepting.join(END_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                if (open.size() >= SESSIONS_MAX) {
                    LOG.warn("More than {} connections to the Raft port", SESSIONS_MAX);
                    drop(socket);
                    continue;
                }
                open.add(socket);
                Thread.ofPlatform()
                        .daemon()
                        .name(self + "-link-" + numbers.incrementAndGet())
                        .start(() -> serve(socket));
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("Cannot accept a connection on {}: {}", address, e.toString());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try {
            if (closed) {
                return;
            }
            socket.setSoTimeout(HELLO_MILLIS_MAX);
            new Session(sockets.accepted(socket, HELLO_MILLIS_MAX), requests).run();
        } catch (IOException e) {
            LOG.debug(
                    "A connection from {} ends: {}", socket.getRemoteSocketAddress(), e.toString());
        } catch (RuntimeException e) {
            LOG.warn("A connection from {} ends", socket.getRemoteSocketAddress(), e);
        } finally {
            open.remove(socket);
            drop(socket);
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
