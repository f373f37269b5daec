package io.miroir.raft;

import com.google.protobuf.CodedOutputStream;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.raft.EntryApplier.Origin;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.CommandCheck;
import io.miroir.store.engine.LeadershipHub;
import io.miroir.store.engine.StoreClock;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.StoreMetrics;
import io.miroir.store.engine.WatchHub;
import io.miroir.store.format.CommandFormats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database as Ratis sees it. Entries are applied on Ratis' one updater thread ({@link
 * EntryApplier}); what the database has already is skipped.
 */
final class StoreStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(StoreStateMachine.class);

    private final DatabaseFiles files;
    private final SnapshotFiles snapshots;
    private final StoreClock clock;
    private final WatchHub watchers;
    private final LeadershipHub leadership;
    private final StoreMetrics metrics;
    private final Consumer<Throwable> onFatal;
    private final AppliedSignal appliedSignal = new AppliedSignal();
    private final EntryApplier entries;
    private final Checkpoints checkpoints;
    private final CommandFormats formats;
    private final CommandCheck check;
    private final LogGate gate;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile StoreEngine engine;
    private volatile long liveAboveIndex = Long.MAX_VALUE;
    private volatile long configurationTerm;
    private volatile boolean closing;

    /** Ratis' updater, from when it has loaded an installed file until it goes on. */
    private volatile @Nullable Thread loader;

    /** Only the updater thread's. */
    private long toldDurableIndex;

    /** What the state machine tells. */
    record Listeners(
            WatchHub watchers,
            LeadershipHub leadership,
            StoreMetrics metrics,
            Consumer<Throwable> onFatal) {}

    /**
     * How long it waits.
     *
     * @param entryNanosMax an entry for others, where nobody waits for it
     * @param checkpointFactor after a checkpoint until the next one, by how long it took
     */
    record Rests(long entryNanosMax, int checkpointFactor) {}

    StoreStateMachine(
            Path dataDir,
            StoreEngine engine,
            CommandFormats formats,
            StoreClock clock,
            Listeners listeners,
            Rests rests) {
        this.files = new DatabaseFiles(dataDir, Durability.BEHIND_A_LOG);
        this.engine = engine;
        this.formats = formats;
        this.check = new CommandCheck(formats, () -> this.engine.formats().cluster());
        this.gate = new LogGate(check, appliedSignal);
        this.clock = clock;
        this.watchers = listeners.watchers();
        this.leadership = listeners.leadership();
        this.metrics = listeners.metrics();
        this.onFatal = listeners.onFatal();
        this.entries =
                new EntryApplier(
                        () -> this.engine,
                        clock,
                        appliedSignal,
                        metrics,
                        this::committedIndex,
                        rests.entryNanosMax());
        this.snapshots = new SnapshotFiles(dataDir, () -> this.engine.database());
        this.checkpoints =
                new Checkpoints(
                        snapshots,
                        () -> this.engine.database(),
                        metrics,
                        System::nanoTime,
                        rests.checkpointFactor(),
                        e -> fatal("the database cannot be synced", e));
    }

    StoreEngine engine() {
        return engine;
    }

    /** What may be proposed. */
    CommandCheck check() {
        return check;
    }

    SnapshotFiles snapshots() {
        return snapshots;
    }

    AppliedSignal appliedSignal() {
        return appliedSignal;
    }

    ApplyHold applyHold() {
        return entries.hold();
    }

    /**
     * Entries above this index were not in the log when this pod started: their stamps are news.
     */
    void liveAbove(long index) {
        liveAboveIndex = index;
    }

    /** Whether the store could not go on. */
    boolean failed() {
        return stopped.get();
    }

    /** From here on, the server's end is wanted. */
    void closing() {
        closing = true;
        entries.hold().end();
    }

    // ---- life

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
            throws IOException {
        super.initialize(server, groupId, storage);
        snapshots.init(storage);
        // Ratis pauses a state machine only out of this state, when it installs a snapshot.
        getLifeCycle().startAndTransition(() -> publishStart(storage), IOException.class);
    }

    @Override
    public void pause() {
        // The log goes on from what was received as soon as it bears its name.
        snapshots.syncReceived();
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /** After an install: the file that came replaces the database. */
    @Override
    public void reinitialize() throws IOException {
        getLifeCycle().transition(LifeCycle.State.STARTING);
        SnapshotFiles.Arrived arrived = snapshots.arrived();
        engine.database().close();
        files.replaceBy(arrived.file());
        engine = openInstalled();
        entries.cutOff();
        long index = engine.committed().index();
        LOG.info("A snapshot replaced the database: {}, it holds {}", arrived.sentUnder(), index);
        snapshots.advance(arrived.sentUnder());
        toldDurableIndex = arrived.sentUnder().getIndex();
        setLastAppliedTermIndex(arrived.sentUnder());
        clock.notBefore(engine.committed().storeTimeMicros());
        watchers.resync(index);
        appliedSignal.advance(index);
        // Not running yet: see getLastAppliedTermIndex.
        loader = Thread.currentThread();
    }

    /**
     * The updater asks for it after each round. Only then has it left the install behind: one that
     * ended between {@link #reinitialize} and there it would forget, and wait for ever for entries
     * that are in the file. So until then none is taken; its leader sends it again.
     */
    @Override
    public TermIndex getLastAppliedTermIndex() {
        if (Thread.currentThread().equals(loader)) {
            loader = null;
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
        return super.getLastAppliedTermIndex();
    }

    private StoreEngine openInstalled() {
        try {
            return StoreFiles.engine(files.open(), watchers, formats);
        } catch (RuntimeException e) {
            throw fatal("the database that was sent cannot be opened", e);
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    /**
     * The updater has stopped: nothing is under way any more. A transaction that is open is not
     * ended: after a failure it may hold half an entry, and the log has all of it.
     */
    @Override
    public void close() {
        getLifeCycle().checkStateAndClose();
    }

    /** What the database holds is synced now, so the log needs to be replayed from there only. */
    private void publishStart(RaftStorage storage) throws IOException {
        Applied applied = engine.committed();
        if (!engine.database().checkpoint()) {
            throw new IOException("cannot checkpoint " + engine.database().file());
        }
        LogFiles.dropIfBehind(storage, applied.index());
        TermIndex index = TermIndex.valueOf(applied.term(), applied.index());
        // Ratis has no snapshot at index 0: its log begins there.
        if (applied.index() > 0) {
            snapshots.advance(index);
            toldDurableIndex = applied.index();
            setLastAppliedTermIndex(index);
            // Where the group is idle, no entry comes that would say it.
            appliedSignal.advance(applied.index());
        }
    }

    // ---- the log

    /**
     * Leader: stamps the commands with the store's time and refuses what no applier could apply.
     */
    @Override
    public TransactionContext startTransaction(RaftClientRequest request)
            throws StateMachineException {
        ByteString packed = request.getMessage().getContent();
        long now = clock.nowMicros();
        StampedBatch batch = new StampedBatch(now, gate.admit(packed, this::committedIndex));
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setServerRole(RaftPeerRole.LEADER)
                .setLogData(StampedBatch.stamp(now, packed))
                .setStateMachineContext(batch)
                .build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = Objects.requireNonNull(transaction.getLogEntry());
        try {
            Message outcome = apply(entry, (StampedBatch) transaction.getStateMachineContext());
            tellApplied(TermIndex.valueOf(entry));
            return CompletableFuture.completedFuture(outcome);
        } catch (RuntimeException e) {
            throw fatal("entry " + entry.getIndex() + " cannot be applied", e);
        }
    }

    /** An entry of Ratis' own: a new leader's configuration, or how far the log is committed. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        try {
            TermIndex at = TermIndex.valueOf(term, index);
            entries.skip(at);
            tellApplied(at);
        } catch (RuntimeException e) {
            throw fatal("entry " + index + " cannot be applied", e);
        }
    }

    private Message apply(LogEntryProto entry, @Nullable StampedBatch own) {
        TermIndex at = TermIndex.valueOf(entry);
        StampedBatch batch =
                own != null
                        ? own
                        : StampedBatch.parse(entry.getStateMachineLogEntry().getLogData());
        if (at.getIndex() <= engine.applied().index()) {
            // An installed file may hold more than its index says. Ratis remembers what is
            // answered here for a proposer that asks again.
            return Message.valueOf(bytes(engine.answered(batch.batch())));
        }
        return Message.valueOf(bytes(entries.apply(at, batch, origin(at, own))));
    }

    private Origin origin(TermIndex at, @Nullable StampedBatch own) {
        if (own != null) {
            return Origin.OWN;
        }
        return at.getIndex() > liveAboveIndex ? Origin.HEARD : Origin.REPLAYED;
    }

    /** The log may be purged up to there once it is on disk: not up to what is not committed. */
    private void tellApplied(TermIndex at) {
        if (entries.isCommitted()) {
            updateLastAppliedTermIndex(at);
        }
    }

    private long committedIndex() {
        return division().getRaftLog().getLastCommittedIndex();
    }

    private static ByteString bytes(BatchOutcome outcome) {
        byte[] bytes = new byte[outcome.getSerializedSize()];
        try {
            outcome.writeTo(CodedOutputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory", e);
        }
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    // ---- snapshots

    /**
     * Answers how far the log may be purged, and looks in the background how far it may be next
     * time: applies do not wait for the disk.
     */
    @Override
    public long takeSnapshot() {
        // Where it is asked for, the updater comes here without asking for that.
        TermIndex _ = getLastAppliedTermIndex();
        SnapshotInfo latest = snapshots.getLatestSnapshot();
        if (latest != null && latest.getIndex() > toldDurableIndex) {
            toldDurableIndex = latest.getIndex();
            return toldDurableIndex;
        }
        checkpoints.begin(this::getLastAppliedTermIndex);
        return RaftLog.INVALID_LOG_INDEX;
    }

    // ---- reads, leadership, trouble

    @Override
    public void notifyConfigurationChanged(
            long term, long index, RaftConfigurationProto configuration) {
        configurationTerm = term;
    }

    /** Called after the configuration that this pod logged when it was elected. */
    @Override
    public void notifyLeaderReady() {
        // Not the current term: that may be a successor's by now, and must not fence for this pod.
        long term = configurationTerm;
        // Its duties begin with what the former leader's callers were told.
        entries.commit();
        LOG.info("Leading in term {}", term);
        metrics.leadership(term, true);
        leadership.leading(term);
        DivisionInfo info = division().getInfo();
        if (!info.isLeader() || info.getCurrentTerm() != term) {
            // It ended meanwhile: the call that tells it may have been before this one.
            notifyNotLeader(List.of());
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        metrics.leadership(currentTerm(), false);
        leadership.following();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId newLeader) {
        metrics.leaderChanged();
        if (!member.getPeerId().equals(newLeader)) {
            metrics.leadership(currentTerm(), false);
            leadership.following();
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
        fatal("the log failed", cause);
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        leadership.following();
        if (!closing) {
            fatal("the Raft server stopped", new IllegalStateException("see the log above"));
        }
    }

    private long currentTerm() {
        return division().getInfo().getCurrentTerm();
    }

    private RaftServer.Division division() {
        try {
            return getServer().join().getDivision(getGroupId());
        } catch (IOException e) {
            throw new IllegalStateException("no division of our only group", e);
        }
    }

    private IllegalStateException fatal(String what, Throwable cause) {
        LOG.error("The task store stops: {}", what, cause);
        leadership.following();
        if (stopped.compareAndSet(false, true)) {
            onFatal.accept(cause);
        }
        return new IllegalStateException(what, cause);
    }
}
