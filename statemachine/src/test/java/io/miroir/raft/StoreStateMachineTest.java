package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.Change;
import io.miroir.store.Digests;
import io.miroir.store.LeadershipWatcher;
import io.miroir.store.Wanted;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.DigestReads;
import io.miroir.store.engine.LeadershipHub;
import io.miroir.store.engine.StoreClock;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.StoreMetrics;
import io.miroir.store.engine.WatchHub;
import io.miroir.store.format.CommandFormats;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What cuts in on a transaction that is open, or on an entry that rests (ADR 0021): another leader,
 * a snapshot, a failure, the end. The calls come as Ratis makes them, one by one.
 */
@Timeout(120)
class StoreStateMachineTest {
    private static final long TIME = 1_767_225_600_000_000L;
    private static final long TERM = 3;

    private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
    private final List<Long> told = new CopyOnWriteArrayList<>();
    private final List<Long> resyncs = new CopyOnWriteArrayList<>();
    private final LeadershipHub leadership = new LeadershipHub();
    private volatile long committed;
    private RaftStorage storage;
    private WatchHub watchers = new WatchHub(0);
    private StoreStateMachine machine;

    @TempDir Path dir;

    @BeforeEach
    void open() throws IOException {
        storage =
                RaftStorage.newBuilder()
                        .setDirectory(dir.resolve("raft").toFile())
                        .setOption(RaftStorage.StartupOption.FORMAT)
                        .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
                        .setStorageFreeSpaceMin(SizeInBytes.valueOf(0))
                        .build();
        storage.initialize();
        machine = machine(0);
    }

    @AfterEach
    void close() throws IOException {
        leadership.close();
        end();
        storage.close();
    }

    /** On the same directory, as after a start. */
    private StoreStateMachine machine(long restNanosMax) throws IOException {
        Database database = StoreFiles.open(dir);
        long index = Applied.load(database.writer()).index();
        watchers = new WatchHub(index);
        Watch _ = watchers.watch(new Recorder(), index);
        StoreStateMachine opened =
                new StoreStateMachine(
                        dir,
                        StoreFiles.engine(database, watchers, CommandFormats.OF_THIS_PROGRAM),
                        CommandFormats.OF_THIS_PROGRAM,
                        new StoreClock(TIME, System::nanoTime),
                        new StoreStateMachine.Listeners(
                                watchers,
                                leadership,
                                new StoreMetrics(new CollectorRegistry()),
                                fatal::add),
                        new StoreStateMachine.Rests(restNanosMax, Checkpoints.REST_FACTOR));
        opened.initialize(server(), RaftGroupId.randomId(), storage);
        opened.liveAbove(0);
        return opened;
    }

    /** As a pod that stops, in order or not. */
    private void end() {
        watchers.close();
        machine.close();
        machine.engine().database().close();
    }

    private void restart() throws IOException {
        end();
        machine = machine(0);
    }

    private final class Recorder implements Watcher {
        @Override
        public void applied(long index, List<Change> changes) {
            told.add(index);
        }

        @Override
        public void resync(long index) {
            resyncs.add(index);
        }
    }

    /** What the state machine asks of Ratis: how far the log is committed, and who leads. */
    private RaftServer server() {
        RaftLog log = answering(RaftLog.class, Map.of("getLastCommittedIndex", () -> committed));
        DivisionInfo info =
                answering(
                        DivisionInfo.class,
                        Map.of("isLeader", () -> true, "getCurrentTerm", () -> TERM + 1));
        RaftServer.Division division =
                answering(
                        RaftServer.Division.class,
                        Map.of("getRaftLog", () -> log, "getInfo", () -> info));
        return answering(
                RaftServer.class,
                Map.of("getDivision", () -> division, "getId", () -> RaftPeerId.valueOf("pod-a")));
    }

    private static <T> T answering(Class<T> type, Map<String, Supplier<Object>> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, _) -> {
                            Supplier<Object> answer = answers.get(method.getName());
                            if (answer == null) {
                                throw new UnsupportedOperationException(method.toString());
                            }
                            return answer.get();
                        }));
    }

    private static Batch batch() {
        return Batch.newBuilder()
                .addCommand(Command.newBuilder().setEnqueueTask(EnqueueTask.newBuilder()))
                .build();
    }

    /** The next entry of the log, as a follower is handed it; answers the task's uid. */
    private long apply(long index) {
        return uid(apply(index, batch()));
    }

    private BatchOutcome apply(long index, Batch batch) {
        ByteString commands = ByteString.copyFrom(batch.toByteArray());
        LogEntryProto entry =
                LogEntryProto.newBuilder()
                        .setTerm(TERM)
                        .setIndex(index)
                        .setStateMachineLogEntry(
                                StateMachineLogEntryProto.newBuilder()
                                        .setLogData(StampedBatch.stamp(TIME + index, commands)))
                        .build();
        TransactionContext transaction =
                TransactionContext.newBuilder()
                        .setStateMachine(machine)
                        .setServerRole(RaftPeerRole.FOLLOWER)
                        .setLogEntry(entry)
                        .build();
        try {
            return BatchOutcome.parseFrom(
                    machine.applyTransaction(transaction).join().getContent().toByteArray());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static long uid(BatchOutcome outcome) {
        return outcome.getOutcome(0).getTaskBorn().getUid();
    }

    /** Tasks that readers of this pod see. */
    private long tasks() {
        return machine.engine().database().read(sql -> sql.number("SELECT count(*) FROM tasks"));
    }

    private Digests digests() {
        return machine.engine().database().read(DigestReads::digests);
    }

    /** All up to it is committed, seen by readers, and told to Ratis and to those who wait. */
    private void assertCommitted(long index) throws InterruptedException {
        assertEquals(index, machine.engine().committed().index());
        assertEquals(0, machine.engine().openEntries());
        assertEquals(index, machine.getLastAppliedTermIndex().getIndex());
        assertTrue(machine.appliedSignal().await(index, 0));
        assertFalse(machine.appliedSignal().await(index + 1, 0));
    }

    @Test
    void aNewLeadersFirstEntryEndsTheTransaction() throws Exception {
        committed = 3;
        assertEquals(0, apply(1));
        assertEquals(1, apply(2));
        assertEquals(2, machine.engine().openEntries());
        assertEquals(0, tasks());
        machine.notifyTermIndexUpdated(TERM + 1, 3);
        assertCommitted(3);
        assertEquals(2, tasks());
        assertEquals(TERM + 1, machine.getLastAppliedTermIndex().getTerm());
    }

    @Test
    void aLeadersDutiesBeginWithAllThatItWasHandedOver() {
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        Watch duties =
                leadership.watch(
                        new LeadershipWatcher() {
                            @Override
                            public void leading(long term) {
                                seen.add(tasks());
                            }

                            @Override
                            public void following() {}
                        });
        committed = 3;
        apply(1);
        apply(2);
        machine.notifyConfigurationChanged(
                TERM + 1, 3, RaftConfigurationProto.getDefaultInstance());
        machine.notifyLeaderReady();
        Group.await("its duties to begin", () -> !seen.isEmpty());
        assertEquals(List.of(2L), List.copyOf(seen));
        duties.close();
    }

    @Test
    void anInstalledSnapshotCutsOffTheTransaction() throws Exception {
        // The entries up to 5, and two more that its name does not tell of.
        installable(7, 5);
        committed = 9;
        apply(1);
        apply(2);
        assertEquals(2, machine.engine().openEntries());
        machine.pause();
        assertEquals(LifeCycle.State.PAUSED, machine.getLifeCycleState());
        machine.reinitialize();
        assertEquals(7, machine.engine().committed().index());
        assertEquals(5, machine.getLastAppliedTermIndex().getIndex());
        assertEquals(LifeCycle.State.RUNNING, machine.getLifeCycleState());
        assertEquals(7, tasks());
        assertTrue(machine.appliedSignal().await(7, 0));
        // Ratis hands over what came after the name.
        apply(6, batch());
        apply(7, batch());
        assertCommitted(7);
        assertEquals(7, apply(8), "dense uids");
        assertEquals(1, machine.engine().openEntries());
        assertEquals(8, apply(9));
        assertCommitted(9);
        Group.await("what was written", () -> told.contains(9L));
        assertEquals(List.of(7L), resyncs);
        assertEquals(List.of(9L), told, "what was cut off was told to nobody");

        Digests installed = digests();
        Path other = Files.createDirectory(dir.resolve("other"));
        assertEquals(applied(other, 9), installed, "as on a pod that nothing was installed on");
    }

    /** Ratis' updater would set its state to running, and forget that another one has come. */
    @Test
    void aSecondSnapshotIsNotTakenBeforeTheFirstIsLeftBehind() throws Exception {
        installable(7, 5);
        machine.pause();
        machine.reinitialize();
        assertThrows(IllegalStateException.class, machine::pause);
        // What others ask says nothing of where the updater is.
        Thread.ofPlatform().start(machine::getLastAppliedTermIndex).join();
        assertThrows(IllegalStateException.class, machine::pause);
        assertEquals(5, machine.getLastAppliedTermIndex().getIndex());
        machine.pause();
        assertEquals(LifeCycle.State.PAUSED, machine.getLifeCycleState());
        installable(9, 9);
        machine.reinitialize();
        assertCommitted(9);
    }

    /** One of two followers that are sent a file at once may have had it deleted for its own. */
    @Test
    void aFileThatIsGoneIsWrittenAgain() throws Exception {
        committed = 2;
        apply(1);
        apply(2);
        machine.snapshots().advance(TermIndex.valueOf(TERM, 1));
        SnapshotInfo earlier = machine.getLatestSnapshot();
        machine.snapshots().advance(TermIndex.valueOf(TERM, 2));
        SnapshotInfo later = machine.getLatestSnapshot();
        Path file = later.getFiles().getFirst().getPath();
        assertTrue(Files.exists(earlier.getFiles().getFirst().getPath()));
        assertFalse(Files.exists(file));
        assertEquals(file, later.getFiles().getFirst().getPath());
        assertTrue(Files.exists(file));
    }

    /** The call comes from another thread than entries do: that one may be in the middle of one. */
    @Test
    void anEntryThatRestsWhileASnapshotComesIsOfTheOldDatabase() throws Exception {
        end();
        machine = machine(Long.MAX_VALUE);
        installable(7, 7);
        committed = 1;
        Thread updater = Thread.ofPlatform().start(() -> apply(1));
        EntryApplierTest.awaitRest(updater);
        machine.pause();
        try (Wanted _ = machine.appliedSignal().want()) {
            updater.join();
        }
        assertCommitted(1);
        machine.reinitialize();
        assertCommitted(7);
        assertEquals(7, tasks());
    }

    @Test
    void whatIsOpenWhenThePodStopsIsAppliedAgain() throws Exception {
        committed = 9;
        apply(1);
        apply(2);
        restart();
        assertEquals(0, machine.engine().committed().index());
        committed = 3;
        assertEquals(0, apply(1));
        assertEquals(1, apply(2));
        assertEquals(2, apply(3));
        assertCommitted(3);
        assertEquals(3, tasks());
        assertEquals(List.of(), fatal);
    }

    /** An entry that fails in the middle has done a part: no end of the transaction may keep it. */
    @Test
    void ofATransactionThatFailedNothingIsKept() throws Exception {
        committed = 1;
        apply(1);
        committed = 9;
        apply(2);
        Batch later =
                batch().toBuilder().setFormat(CommandFormats.OF_THIS_PROGRAM.known() + 1).build();
        assertThrows(IllegalStateException.class, () -> apply(3, later));
        assertEquals(1, fatal.size());
        assertTrue(machine.failed());
        restart();
        assertEquals(1, machine.engine().committed().index());
        assertEquals(1, tasks());
    }

    /** Rule 21: the log is purged up to what is told here. */
    @Test
    void theLogOfWhatIsOpenIsNotPurged() throws Exception {
        committed = 1;
        apply(1);
        committed = 9;
        apply(2);
        apply(3);
        AtomicLong durable = new AtomicLong();
        Group.await(
                "a checkpoint",
                () -> {
                    durable.set(machine.takeSnapshot());
                    return durable.get() != RaftLog.INVALID_LOG_INDEX;
                });
        assertEquals(1, durable.get());
        assertEquals(2, machine.engine().openEntries());
    }

    /** Makes a file with this many entries arrive, under the name of an earlier one. */
    private void installable(long entries, long named) throws IOException {
        Path made = Files.createTempDirectory(dir, "made");
        applied(made, entries);
        Path snapshots = Files.createDirectories(dir.resolve("snapshot"));
        Files.move(
                made.resolve("store.db"),
                snapshots.resolve("store-%d-%d.db".formatted(TERM, named)));
    }

    /** A database that got entries one by one. */
    private static Digests applied(Path where, long entries) {
        try (Database database = new DatabaseFiles(where, Durability.BEHIND_A_LOG).open()) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (long index = 1; index <= entries; index++) {
                engine.apply(index, TERM, TIME + index, batch());
                engine.commit();
            }
            return DigestReads.digests(database.writer());
        }
    }
}
