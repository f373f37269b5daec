package io.miroir.raft;

import io.miroir.raft.link.LinkMetrics;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.sqlite.StoreSeal;
import io.miroir.store.Digests;
import io.miroir.store.LeadershipWatcher;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.Role;
import io.miroir.store.Rooms;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import io.miroir.store.Wanted;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.Batcher;
import io.miroir.store.engine.CpuLoad;
import io.miroir.store.engine.DatabaseReads;
import io.miroir.store.engine.DigestReads;
import io.miroir.store.engine.FormatMetrics;
import io.miroir.store.engine.LeadershipHub;
import io.miroir.store.engine.StoreClock;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.StoreMetrics;
import io.miroir.store.engine.StoreRooms;
import io.miroir.store.engine.TableRows;
import io.miroir.store.engine.WatchHub;
import io.miroir.store.format.CommandFormats;
import io.miroir.store.seal.OpeningWatcher;
import io.miroir.store.seal.Seals;
import io.miroir.tls.PodKeys;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated task store: commands travel through the group's log and are applied to each
 * member's own database.
 */
public final class RaftTaskStore implements TaskStore {
    private static final Logger LOG = LoggerFactory.getLogger(RaftTaskStore.class);

    /** More than one where a network is what they wait for. */
    private static final int PACKS_UNDER_WAY_MAX = 4;

    private final RaftStoreConfig config;
    private final Seals seals;
    private final WatchHub watchers;
    private final LeadershipHub leadership = new LeadershipHub();
    private final StoreClock clock;
    private final StoreStateMachine stateMachine;
    private final RaftServer server;
    private final RaftSubmitter submitter;
    private final Batcher batcher;
    private final DatabaseReads reads;
    private final StoreRooms rooms;
    private final Membership membership;
    private final SnapshotTimer snapshotTimer;
    private final ComparedTables tables;

    /**
     * What a store takes from its surroundings.
     *
     * @param keys by which pods know each other on the Raft port
     * @param formats of commands that the program knows
     * @param seals by which secrets are sealed
     */
    public record Surroundings(
            InstantSource wallClock,
            RandomGenerator random,
            CollectorRegistry registry,
            Consumer<Throwable> onFatal,
            Optional<PodKeys> keys,
            CommandFormats formats,
            Seals seals) {
        /** Without keys: whoever reaches the Raft port is let in. */
        public Surroundings(
                InstantSource wallClock,
                RandomGenerator random,
                CollectorRegistry registry,
                Consumer<Throwable> onFatal) {
            this(
                    wallClock,
                    random,
                    registry,
                    onFatal,
                    Optional.empty(),
                    CommandFormats.OF_THIS_PROGRAM,
                    Seals.NONE);
        }

        /** The same among pods that know each other by keys. */
        public Surroundings keyed(Optional<PodKeys> others) {
            return new Surroundings(wallClock, random, registry, onFatal, others, formats, seals);
        }

        /** The same for a program that knows other formats. */
        public Surroundings knowing(CommandFormats others) {
            return new Surroundings(wallClock, random, registry, onFatal, keys, others, seals);
        }

        /** The same, counting in another registry. */
        public Surroundings counting(CollectorRegistry others) {
            return new Surroundings(wallClock, random, others, onFatal, keys, formats, seals);
        }

        /** The same, with secrets sealed. */
        public Surroundings sealing(Seals others) {
            return new Surroundings(wallClock, random, registry, onFatal, keys, formats, others);
        }
    }

    /**
     * Opens this pod's member and joins the group; does not wait for a leader.
     *
     * @param surroundings its wall clock counts only while no leader was ever heard; {@code
     *     onFatal} is called when the store can't go on: the process should end
     */
    public RaftTaskStore(RaftStoreConfig config, Surroundings surroundings) {
        this.config = config;
        this.seals = surroundings.seals();
        StoreMetrics metrics = new StoreMetrics(surroundings.registry());
        breakSeal(config.dataDir());
        Database database = StoreFiles.open(config.dataDir());
        Applied applied = Applied.load(database.writer());
        boolean formed = Files.isDirectory(logDirectory(config));
        if (!formed && applied.index() > 0) {
            database.close();
            // An index of another history: the group's entries up to it would be taken for applied.
            throw new IllegalStateException(
                    database.file()
                            + " holds data, but there is no log beside it: it is a single"
                            + " pod's store, or its log was lost");
        }
        this.watchers = new WatchHub(applied.index());
        StoreEngine engine = StoreFiles.engine(database, watchers, surroundings.formats());
        this.clock = new StoreClock(startMicros(applied, surroundings), System::nanoTime);
        this.stateMachine =
                new StoreStateMachine(
                        config.dataDir(),
                        engine,
                        surroundings.formats(),
                        clock,
                        new StoreStateMachine.Listeners(
                                watchers, leadership, metrics, surroundings.onFatal()),
                        new StoreStateMachine.Rests(
                                EntryGroups.REST_NANOS_MAX, config.tuning().snapshotRestFactor()));
        this.tables = new ComparedTables(stateMachine);
        Parameters parameters =
                RaftSettings.parameters(
                        config, surroundings.keys(), new LinkMetrics(surroundings.registry()));
        this.server = RaftStart.start(config, parameters, stateMachine, formed);
        List<RaftSubmitter> submitters =
                IntStream.range(0, PACKS_UNDER_WAY_MAX)
                        .mapToObj(_ -> submitter(surroundings))
                        .toList();
        this.submitter = submitters.getFirst();
        this.batcher =
                Batcher.overlapping(
                        "store-proposer",
                        config.limits(),
                        stateMachine.check(),
                        submitters,
                        CpuLoad::sinceLastCall,
                        metrics);
        this.reads =
                new DatabaseReads(stateMachine::engine, clock::nowMicros, this::barrier, metrics);
        this.rooms = StoreRooms.of(batcher, reads, seals);
        this.membership = new Membership(server, config, reads::clusterFormat);
        this.snapshotTimer = new SnapshotTimer(server, config);
        new RatisMetrics(server, config, stateMachine.snapshots())
                .register(surroundings.registry());
        new TableRows(reads).register(surroundings.registry());
        new FormatMetrics(() -> stateMachine.engine().formats()).register(surroundings.registry());
        batcher.start();
    }

    /** With a number series of its own: its packs are told apart from the others'. */
    private RaftSubmitter submitter(Surroundings surroundings) {
        return new RaftSubmitter(
                server,
                stateMachine,
                config,
                surroundings.formats(),
                surroundings.random().nextLong(1, Long.MAX_VALUE));
    }

    @Override
    public Rooms rooms() {
        return rooms;
    }

    RaftStoreConfig config() {
        return config;
    }

    /** Who belongs to the group, and how that changes. */
    public Membership membership() {
        return membership;
    }

    /** Of the cluster whose log this is. */
    public UUID clusterId() {
        return config.clusterId();
    }

    /** The tables, for comparing them with other members'. */
    public ComparedTables tables() {
        return tables;
    }

    @Override
    public long visibleIndex() {
        return stateMachine.engine().visible();
    }

    @Override
    public StoreStatus status() {
        RaftServer.Division division = division();
        DivisionInfo info = division.getInfo();
        Applied applied = stateMachine.engine().committed();
        RaftPeerId leader = info.getLeaderId();
        return new StoreStatus(
                "raft",
                config.podId(),
                role(info),
                info.getCurrentTerm(),
                leader == null ? null : leader.toString(),
                division.getRaftConf().getCurrentPeers().stream()
                        .map(peer -> peer.getId().toString())
                        .sorted()
                        .toList(),
                applied.index(),
                Math.max(applied.index(), division.getRaftLog().getLastCommittedIndex()),
                applied.storeTimeMicros(),
                stateMachine.engine().formats());
    }

    @Override
    public long nowMicros() {
        return clock.nowMicros();
    }

    @Override
    public Rooms fencedBy(long term) {
        return StoreRooms.of(batcher.fencedBy(term), reads, seals);
    }

    @Override
    public Reply<Long> barrier() {
        long deadlineMillis = config.limits().deadlineMillis();
        return submitter.barrier(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis));
    }

    @Override
    public Wanted want(long index) {
        return stateMachine.engine().visible() >= index
                ? () -> {}
                : stateMachine.appliedSignal().want();
    }

    @Override
    public Watch watch(Watcher watcher) {
        return watchers.watch(new OpeningWatcher(watcher, seals));
    }

    @Override
    public Watch watch(Watcher watcher, long afterIndex) {
        return watchers.watch(new OpeningWatcher(watcher, seals), afterIndex);
    }

    @Override
    public Watch watchLeadership(LeadershipWatcher watcher) {
        return leadership.watch(watcher);
    }

    @Override
    public Digests digests() {
        return reads.scan(ReadLevel.LOCAL, DigestReads::digests);
    }

    @Override
    public void copyTo(Path file) throws IOException {
        stateMachine.engine().database().copyTo(file);
    }

    @Override
    public long databaseBytes() {
        return reads.point(ReadLevel.LOCAL, Sql::databaseBytes);
    }

    /** Duties stop first, then commands, then leadership moves, then the log ends. */
    @Override
    public void close() {
        stateMachine.closing();
        snapshotTimer.close();
        leadership.close();
        batcher.close();
        handOver();
        try (StuckClose _ = StuckClose.watching(config.podId())) {
            server.close();
        } catch (IOException e) {
            LOG.warn("Cannot close the Raft server", e);
        }
        watchers.close();
        reads.close();
        stateMachine.engine().database().close();
        seal();
    }

    private static void breakSeal(Path dataDir) {
        try {
            StoreSeal.remove(dataDir);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + dataDir, e);
        }
    }

    /** Only a store that ends in order has a checksum: one that failed is looked at by itself. */
    private void seal() {
        if (stateMachine.failed()) {
            return;
        }
        try {
            Path log = logDirectory(config).resolve("current");
            LogCheck.Report end = LogCheck.examine(log);
            if (end.damage() == null) {
                StoreSeal.put(config.dataDir(), end.end(), tables.isProven());
            }
        } catch (IOException e) {
            LOG.warn("No checksum of the closed store: {}", e.toString());
        }
    }

    /** Gives leadership to another member, if this pod leads; an election may follow as well. */
    public void handOver() {
        new Handover(server, division()).toWhoIsReady();
    }

    /** The same, to this member: it is refused when the member has too little of the log. */
    void handOver(String successor) {
        new Handover(server, division()).to(RaftPeerId.valueOf(successor));
    }

    private RaftServer.Division division() {
        try {
            return server.getDivision(config.groupId());
        } catch (IOException e) {
            throw new IllegalStateException("no division of our only group", e);
        }
    }

    private static Role role(DivisionInfo info) {
        if (!info.isAlive()) {
            return Role.OFFLINE;
        }
        return switch (info.getCurrentRole()) {
            case LEADER -> Role.LEADER;
            case FOLLOWER -> Role.FOLLOWER;
            case CANDIDATE -> Role.CANDIDATE;
            case LISTENER -> Role.LISTENER;
            case UNRECOGNIZED -> Role.OFFLINE;
        };
    }

    private static long startMicros(Applied applied, Surroundings surroundings) {
        long wallMicros =
                ChronoUnit.MICROS.between(Instant.EPOCH, surroundings.wallClock().instant());
        return Math.max(applied.storeTimeMicros(), wallMicros);
    }

    private static Path logDirectory(RaftStoreConfig config) {
        return config.dataDir().resolve("raft").resolve(config.clusterId().toString());
    }
}
