package io.miroir.raft;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for a snapshot when time has passed, besides those that Ratis takes by the number of
 * entries: a log that grows slowly is purged as well.
 */
final class SnapshotTimer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTimer.class);

    /** The first call begins a checkpoint, a later one tells how far it came. */
    private static final Duration TO_TELL = Duration.ofSeconds(5);

    /** Ratis would else not look before there are 1,024 new ones. */
    private static final long ENTRIES_MIN = 1;

    private final RaftServer server;
    private final RaftStoreConfig config;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Thread thread;

    SnapshotTimer(RaftServer server, RaftStoreConfig config) {
        this.server = server;
        this.config = config;
        this.thread = Thread.ofVirtual().name("store-snapshots").start(this::run);
    }

    private void run() {
        Duration interval = Duration.ofMillis(config.tuning().snapshotMillis());
        try {
            while (true) {
                Thread.sleep(interval);
                ask();
                Thread.sleep(TO_TELL.compareTo(interval) < 0 ? TO_TELL : interval);
                ask();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        var _ =
                server.snapshotManagementAsync(
                                SnapshotManagementRequest.newCreate(
                                        clientId,
                                        server.getId(),
                                        config.groupId(),
                                        callIds.incrementAndGet(),
                                        config.limits().deadlineMillis(),
                                        ENTRIES_MIN))
                        .exceptionally(
                                nothingNew -> {
                                    LOG.debug("no snapshot now", nothingNew);
                                    return null;
                                });
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
