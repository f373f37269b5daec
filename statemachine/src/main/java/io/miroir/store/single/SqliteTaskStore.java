package io.miroir.store.single;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.Sql;
import io.miroir.sqlite.StoreSeal;
import io.miroir.store.Digests;
import io.miroir.store.LeadershipWatcher;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.Role;
import io.miroir.store.Rooms;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.Batcher;
import io.miroir.store.engine.CommandCheck;
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
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The task store of a single pod. Commands that wait share a transaction; it is synced before
 * anyone is answered. The pod is always its own leader; its term counts the starts.
 */
public final class SqliteTaskStore implements TaskStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteTaskStore.class);

    private final SqliteStoreConfig config;
    private final Consumer<Throwable> onFatal;
    private final StoreMetrics metrics;
    private final Database database;
    private final WatchHub watchers;
    private final StoreEngine engine;
    private final StoreClock clock;
    private final long term;
    private final LeadershipHub leadership = new LeadershipHub();
    private final Batcher batcher;
    private final DatabaseReads reads;
    private final StoreRooms rooms;
    private final AtomicBoolean sealed = new AtomicBoolean();
    private volatile boolean failed;

    /**
     * Opens or creates the store. One that was closed in order is opened only as it was then, one
     * that crashed only if nothing is wrong that can be seen.
     *
     * @param wallClock only where the database knows no later time
     * @param onFatal called once if the database fails; the store answers nothing from then on
     * @throws io.miroir.sqlite.DamagedDatabaseException if the database is not to be used
     */
    public SqliteTaskStore(
            SqliteStoreConfig config,
            InstantSource wallClock,
            CollectorRegistry registry,
            Consumer<Throwable> onFatal) {
        this(config, wallClock, System::nanoTime, registry, onFatal);
    }

    /**
     * The same, by another clock than the machine's.
     *
     * @param monotonicNanos what the store's time goes by while it is open
     */
    public SqliteTaskStore(
            SqliteStoreConfig config,
            InstantSource wallClock,
            LongSupplier monotonicNanos,
            CollectorRegistry registry,
            Consumer<Throwable> onFatal) {
        if (Files.exists(config.dataDir().resolve("raft"))) {
            // Its tables may lag behind that log, and would part from the other pods' for good.
            throw new IllegalStateException(
                    config.dataDir() + " belongs to a replicated store: it has a log");
        }
        this.config = config;
        this.onFatal = onFatal;
        this.metrics = new StoreMetrics(registry);
        this.database = new DatabaseFiles(config.dataDir(), Durability.EVERY_COMMIT).openSound();
        this.watchers = new WatchHub(Applied.load(database.writer()).index());
        this.engine = new StoreEngine(database, watchers);
        Applied applied = engine.committed();
        this.term = applied.term() + 1;
        long wallMicros = ChronoUnit.MICROS.between(Instant.EPOCH, wallClock.instant());
        this.clock =
                new StoreClock(Math.max(applied.storeTimeMicros(), wallMicros), monotonicNanos);
        CommandCheck check =
                new CommandCheck(CommandFormats.OF_THIS_PROGRAM, () -> engine.formats().cluster());
        this.batcher = new Batcher("store-writer", config.limits(), check, this::commit, metrics);
        this.reads =
                new DatabaseReads(
                        () -> engine,
                        clock::nowMicros,
                        () -> new Reply.Applied<>(index(), index()),
                        metrics);
        new TableRows(reads).register(registry);
        new FormatMetrics(engine::formats).register(registry);
        this.rooms = StoreRooms.of(batcher, reads, config.seals());
        metrics.leadership(term, true);
        batcher.start();
        leadership.leading(term);
    }

    @Override
    public Rooms rooms() {
        return rooms;
    }

    @Override
    public long visibleIndex() {
        return engine.visible();
    }

    @Override
    public StoreStatus status() {
        Applied applied = engine.committed();
        return new StoreStatus(
                "sqlite",
                config.podId(),
                failed ? Role.OFFLINE : Role.LEADER,
                term,
                config.podId(),
                List.of(config.podId()),
                applied.index(),
                applied.index(),
                applied.storeTimeMicros(),
                engine.formats());
    }

    @Override
    public long nowMicros() {
        return clock.nowMicros();
    }

    @Override
    public Rooms fencedBy(long fencingTerm) {
        return StoreRooms.of(batcher.fencedBy(fencingTerm), reads, config.seals());
    }

    @Override
    public Reply<Long> barrier() {
        return new Reply.Applied<>(index(), index());
    }

    @Override
    public Watch watch(Watcher watcher) {
        return watchers.watch(new OpeningWatcher(watcher, config.seals()));
    }

    @Override
    public Watch watch(Watcher watcher, long afterIndex) {
        return watchers.watch(new OpeningWatcher(watcher, config.seals()), afterIndex);
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
        database.copyTo(file);
    }

    @Override
    public long databaseBytes() {
        return reads.point(ReadLevel.LOCAL, Sql::databaseBytes);
    }

    @Override
    public void close() {
        leadership.close();
        batcher.close();
        watchers.close();
        reads.close();
        database.close();
        if (sealed.compareAndSet(false, true)) {
            seal();
        }
    }

    /** Only of a store that ends in order: one that failed is looked at by itself. */
    private void seal() {
        if (failed) {
            return;
        }
        try {
            StoreSeal.put(config.dataDir(), StoreSeal.NO_LOG, true);
        } catch (IOException e) {
            LOG.warn("No checksum of the closed store: {}", e.toString());
        }
    }

    /** One group of commands: one index, one transaction, one sync. */
    private Batcher.Result commit(List<Command> commands, long deadlineNanos) {
        if (failed) {
            return new Batcher.Result.Failed(new Refusal.Unavailable("the database failed"));
        }
        long startedNanos = System.nanoTime();
        try {
            Batch batch = Batch.newBuilder().addAllCommand(commands).build();
            BatchOutcome outcome = engine.apply(index() + 1, term, clock.nowMicros(), batch);
            engine.commit();
            metrics.committed(System.nanoTime() - startedNanos, 1, index(), 0);
            return new Batcher.Result.Done(index(), outcome.getOutcomeList());
        } catch (RuntimeException e) {
            failed = true;
            LOG.error("The task store stops: a transaction failed", e);
            leadership.following();
            onFatal.accept(e);
            return new Batcher.Result.Failed(new Refusal.Indeterminate("the database failed"));
        }
    }

    private long index() {
        return engine.committed().index();
    }
}
