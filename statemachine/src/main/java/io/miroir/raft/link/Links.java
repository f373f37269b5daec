package io.miroir.raft.link;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * This pod's connections to the others, made when they are needed. Appends have one of their own:
 * an entry does not wait behind a chunk of a snapshot.
 */
final class Links implements Closeable {
    private static final int CONNECT_MILLIS_MAX = 1_000;

    /** Between two tries to reach a pod that is down; doubled from the first to the last. */
    static final long RETRY_MILLIS_MIN = 5;

    static final long RETRY_MILLIS_MAX = 200;

    private final String self;
    private final Sockets sockets;
    private final Map<RaftPeerId, String> configured;
    private final LongSupplier nanos;
    private final Map<RaftPeerId, String> learned = new ConcurrentHashMap<>();
    private final Map<Way, Slot> slots = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** What a connection is for. */
    enum Purpose {
        APPENDS,
        CALLS
    }

    private record Way(RaftPeerId to, Purpose purpose) {}

    /**
     * @param configured addresses of members in this pod's configuration; they count more than what
     *     the log says, which may be from before all pods moved
     */
    Links(String self, Sockets sockets, Map<RaftPeerId, String> configured) {
        this(self, sockets, configured, System::nanoTime);
    }

    /**
     * @param nanos the clock by which a pod that is down is left alone, as {@link System#nanoTime}
     */
    Links(String self, Sockets sockets, Map<RaftPeerId, String> configured, LongSupplier nanos) {
        this.self = self;
        this.sockets = sockets;
        this.configured = Map.copyOf(configured);
        this.nanos = nanos;
    }

    /** Where a member is that joined later. */
    void learn(RaftPeer peer) {
        String address = peer.getAddress();
        if (address != null) {
            learned.put(peer.getId(), address);
        }
    }

    /**
     * The connection to a pod, made if there is none.
     *
     * @throws IOException if it cannot be reached, or was tried a moment ago
     */
    Link to(RaftPeerId peer, Purpose purpose) throws IOException {
        return slots.computeIfAbsent(new Way(peer, purpose), Slot::new).link();
    }

    /** The connection to a pod if it is open; nobody waits for one to be made. */
    @Nullable Link openTo(RaftPeerId peer, Purpose purpose) {
        Slot slot = slots.get(new Way(peer, purpose));
        Link open = slot == null ? null : slot.link;
        return open != null && open.isOpen() ? open : null;
    }

    /** Gives up the connections on which an answer is overdue. */
    void endOverdue(long nowNanos) {
        slots.values().forEach(slot -> slot.endIfOverdue(nowNanos));
    }

    @Override
    public void close() {
        closed = true;
        slots.values().forEach(Slot::close);
    }

    private String address(RaftPeerId peer) throws IOException {
        String address = configured.getOrDefault(peer, learned.get(peer));
        if (address == null) {
            throw new IOException("nobody knows where " + peer + " is");
        }
        return address;
    }

    /** One connection, or the memory of how often it could not be made. */
    private final class Slot {
        private final Way way;
        private volatile @Nullable Link link;
        private long retryMillis = RETRY_MILLIS_MIN;
        private long notBeforeNanos = nanos.getAsLong();

        Slot(Way way) {
            this.way = way;
        }

        Link link() throws IOException {
            Link open = link;
            return open != null && open.isOpen() ? open : connect();
        }

        private synchronized Link connect() throws IOException {
            Link open = link;
            if (open != null && open.isOpen()) {
                return open;
            }
            if (closed) {
                throw new IOException(self + " stops");
            }
            if (open != null && open.wasHeard()) {
                retryMillis = RETRY_MILLIS_MIN;
            } else if (nanos.getAsLong() - notBeforeNanos < 0) {
                throw new IOException(way.to() + " could not be reached a moment ago");
            }
            // Until it is heard, as if it had failed: it may be taken and dropped at once.
            notBeforeNanos = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(retryMillis);
            retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
            String name = self + "->" + way.to() + "-" + way.purpose();
            link = null;
            Link made = Link.open(name, sockets, address(way.to()), CONNECT_MILLIS_MAX);
            link = made;
            return made;
        }

        void endIfOverdue(long nowNanos) {
            Link open = link;
            if (open != null) {
                open.endIfOverdue(nowNanos);
            }
        }

        synchronized void close() {
            Link open = link;
            if (open != null) {
                open.close();
            }
        }
    }
}
