package io.miroir;

import io.miroir.cluster.member.Admission;
import io.miroir.cluster.member.CompareMetrics;
import io.miroir.cluster.member.Comparer;
import io.miroir.cluster.member.DataOwner;
import io.miroir.cluster.member.Doorkeeper;
import io.miroir.cluster.member.StartRefusedException;
import io.miroir.cluster.peer.PeerEndpoint;
import io.miroir.cluster.peer.PeerServer;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.peer.Reception;
import io.miroir.config.MiroirConfig;
import io.miroir.config.PeerAddress;
import io.miroir.config.bind.HostPort;
import io.miroir.raft.Member;
import io.miroir.raft.RaftStoreConfig;
import io.miroir.raft.RaftTaskStore;
import io.miroir.sqlite.DamagedDatabaseException;
import io.miroir.store.TaskStore;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens the task store of the configured kind. With others to agree with, the peer port opens first
 * and this pod finds out how it enters its cluster.
 */
final class StoreOpening {
    private final MiroirConfig config;
    private final RaftTaskStore.Surroundings surroundings;
    private final Peers peers;
    private final Comparer.Waits waits;
    private final Reception reception = new Reception();
    private @Nullable PeerServer server;
    private @Nullable Doorkeeper doorkeeper;
    private volatile @Nullable Comparer comparer;

    /**
     * @param peers asked greetings only, until the store is open
     * @param waits of a pod that compares its tables with others'
     */
    StoreOpening(
            MiroirConfig config,
            RaftTaskStore.Surroundings surroundings,
            Peers peers,
            Comparer.Waits waits) {
        this.config = config;
        this.surroundings = surroundings;
        this.peers = peers;
        this.waits = waits;
    }

    /**
     * Opens the peer port and the store; what is open already is closed by {@link #stop}.
     *
     * @param keys by which pods know each other
     */
    TaskStore open(ExchangedKeys keys) throws IOException {
        return switch (config.taskStore().backend()) {
            case SQLITE -> {
                DataOwner.claimAlone(config.dataDir(), config.podId());
                yield openAlone();
            }
            case RAFT -> openAmongOthers(keys);
        };
    }

    private SqliteTaskStore openAlone() {
        try {
            return new SqliteTaskStore(
                    SqliteStoreConfig.of(config.podId(), config.dataDir())
                            .sealing(surroundings.seals()),
                    surroundings.wallClock(),
                    surroundings.registry(),
                    surroundings.onFatal());
        } catch (DamagedDatabaseException damaged) {
            throw new StartRefusedException(
                    damaged.getMessage()
                            + "; there is no other copy: restore a backup into an empty data_dir"
                            + " (`miroir restore`, docs/operations/restore.md)");
        }
    }

    private TaskStore openAmongOthers(ExchangedKeys keys) throws IOException {
        PeerAddress own =
                config.peers().stream()
                        .filter(peer -> peer.id().equals(config.podId()))
                        .findFirst()
                        .orElseThrow();
        Doorkeeper keeper =
                new Doorkeeper(
                        new Doorkeeper.Self(
                                member(own).member(),
                                config.dataDir(),
                                surroundings.random().nextLong(),
                                surroundings.formats().known()),
                        others(config),
                        peers,
                        surroundings.onFatal());
        doorkeeper = keeper;
        server =
                PeerServer.start(
                        new InetSocketAddress(config.peer().bind(), config.peer().port()),
                        config.podId(),
                        keys.nodes(),
                        keys.pods(),
                        keeper,
                        reception.answers(keys::loaded));
        StoreFigures figures = new StoreFigures().register(surroundings.registry());
        CompareMetrics metrics = new CompareMetrics(surroundings.registry());
        while (true) {
            Admission admission = keeper.enter();
            RaftTaskStore store = openedStore(admission, own, figures.next());
            try {
                keeper.opened(store, admission);
                if (isRight(store, admission, metrics)) {
                    return store;
                }
            } catch (RuntimeException failed) {
                store.close();
                throw failed;
            }
            // It enters once more, now as a pod whose data is damaged.
            keeper.closing();
            store.close();
        }
    }

    /** Whether the tables are to be served: not if other pods show that they are wrong. */
    private boolean isRight(RaftTaskStore store, Admission admission, CompareMetrics metrics) {
        if (admission.proven()) {
            store.tables().prove();
            metrics.proven();
            return true;
        }
        Comparer next = new Comparer(config.dataDir(), admission, store, peers, metrics, waits);
        // What a newcomer has it was just sent.
        Optional<String> damage = admission.newcomer() ? Optional.empty() : next.damage();
        if (damage.isEmpty()) {
            comparer = next;
            next.goOn(surroundings.onFatal());
        }
        return damage.isEmpty();
    }

    private RaftTaskStore openedStore(
            Admission admission, PeerAddress own, CollectorRegistry counting) {
        return new RaftTaskStore(
                RaftStoreConfig.of(
                                config.podId(),
                                config.dataDir(),
                                admission.clusterId(),
                                beginWith(admission, own),
                                config.raft().bind())
                        .with(tuning(config)),
                surroundings.counting(counting));
    }

    /** Times and sizes of the log, as configured. */
    static RaftStoreConfig.Tuning tuning(MiroirConfig config) {
        return new RaftStoreConfig.Tuning(
                (int) config.raft().electionTimeoutMinMs(),
                (int) config.raft().electionTimeoutMaxMs(),
                config.taskStore().snapshotEntries(),
                config.taskStore().snapshotIntervalS() * 1_000,
                RaftStoreConfig.Tuning.DEFAULT.segmentBytesMax());
    }

    /** What is configured of addresses counts more than what the others remember. */
    private List<RaftStoreConfig.Peer> beginWith(Admission admission, PeerAddress own) {
        if (!admission.newcomer()) {
            return config.peers().stream().map(StoreOpening::member).toList();
        }
        List<RaftStoreConfig.Peer> peers = new ArrayList<>();
        for (Member member : admission.members()) {
            RaftStoreConfig.Peer configured =
                    config.peers().stream()
                            .filter(peer -> peer.id().equals(member.id()))
                            .findFirst()
                            .map(StoreOpening::member)
                            .orElseGet(() -> told(member));
            peers.add(
                    new RaftStoreConfig.Peer(
                            configured.id(),
                            configured.host(),
                            configured.port(),
                            configured.peerAddress(),
                            member.voter()));
        }
        RaftStoreConfig.Peer self = member(own);
        peers.add(
                new RaftStoreConfig.Peer(
                        self.id(), self.host(), self.port(), self.peerAddress(), false));
        return peers;
    }

    private static RaftStoreConfig.Peer told(Member member) {
        HostPort raft = Objects.requireNonNull(HostPort.parse(member.raftAddress()));
        return new RaftStoreConfig.Peer(
                member.id(), raft.host(), raft.port(), member.peerAddress(), member.voter());
    }

    private static RaftStoreConfig.Peer member(PeerAddress peer) {
        return new RaftStoreConfig.Peer(
                peer.id(), peer.raft().host(), peer.raft().port(), peer.peer().toString(), true);
    }

    /** The configured pods without this one. */
    static List<PeerEndpoint> others(MiroirConfig config) {
        return config.peers().stream()
                .filter(peer -> !peer.id().equals(config.podId()))
                .map(peer -> new PeerEndpoint(peer.id(), peer.peer().host(), peer.peer().port()))
                .toList();
    }

    /** Answers other pods as soon as this one is whole. */
    Reception reception() {
        return reception;
    }

    /** Who looks after the members; null for a pod that is alone. */
    @Nullable Doorkeeper doorkeeper() {
        return doorkeeper;
    }

    /** Closes the peer port: no other pod's write is under way afterwards. May be called again. */
    void stop() {
        Comparer comparing = comparer;
        if (comparing != null) {
            comparing.close();
        }
        Doorkeeper keeper = doorkeeper;
        if (keeper != null) {
            keeper.close();
        }
        PeerServer open = server;
        if (open != null) {
            open.close();
        }
    }
}
