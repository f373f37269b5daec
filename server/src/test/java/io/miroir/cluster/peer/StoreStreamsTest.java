package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.miroir.proto.peer.BackupRequest;
import io.miroir.proto.peer.ChangedRow;
import io.miroir.proto.peer.PeerGrpc;
import io.miroir.proto.peer.WatchReply;
import io.miroir.proto.peer.WatchRequest;
import io.miroir.raft.ComparedTables;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.backup.BackupFile;
import io.miroir.store.backup.BackupStream;
import io.miroir.store.backup.OnlineBackup;
import io.miroir.store.backup.Reading;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What other pods follow and copy of a store, over real sockets. */
class StoreStreamsTest {
    private static final String SECRET = "secret";
    private static final byte[] DUMP = "a dump".getBytes(StandardCharsets.UTF_8);

    @TempDir Path dir;

    @SuppressWarnings("NullAway.Init")
    private SqliteTaskStore store;

    @SuppressWarnings("NullAway.Init")
    private OnlineBackup backups;

    @SuppressWarnings("NullAway.Init")
    private PeerServer server;

    @SuppressWarnings("NullAway.Init")
    private ManagedChannel channel;

    @BeforeEach
    void open() throws Exception {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-1", dir.resolve("data")),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        failure -> {
                            throw new AssertionError("the store failed", failure);
                        });
        backups = new OnlineBackup(store, dir, "test");
        OpenStore open = new OpenStore(store, backups, this::dump);
        server =
                PeerServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "pod-1",
                        () -> List.of(SECRET),
                        Optional.empty(),
                        new Closed(),
                        new PeerServer.Answers(
                                new Reception(),
                                new Reception(),
                                () -> Optional.of(open),
                                List::of));
        channel = channel(SECRET);
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private ManagedChannel channel(String secret) {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .intercept(new ClusterSecret(() -> List.of(secret)))
                .build();
    }

    /** Nobody gets in. */
    private static final class Closed implements Doorway {
        @Override
        public long run() {
            return 1;
        }

        @Override
        public int knownFormat() {
            return 1;
        }

        @Override
        public Greeted greet(Greeting from) {
            return new Greeted.Refused("closed");
        }

        @Override
        public DigestsTold digests(DigestsAsked asked, ComparedTables.Asker asker) {
            return new DigestsTold.NotNow("closed");
        }

        @Override
        public MemberOutcome change(MemberChange change) {
            return new MemberOutcome.NotLeader(null);
        }
    }

    private Iterator<WatchReply> watch(WatchRequest request) {
        return PeerGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Duration.ofSeconds(60))
                .watch(request);
    }

    private long flip(String alias, String target) {
        Aliases.Flip flip =
                store.aliases()
                        .flip(alias, AliasRow.Kind.SINGLE, List.of(target), Aliases.ANY_VERSION)
                        .orThrow();
        assertInstanceOf(Aliases.Flip.Flipped.class, flip);
        return store.status().appliedIndex();
    }

    @Test
    void whoFollowsHearsWhichRowsChangedAndGoesOnWhereItWas() {
        Iterator<WatchReply> first = watch(WatchRequest.getDefaultInstance());
        assertTrue(first.next().hasResync());
        long index = flip("live", "a");
        WatchReply told = first.next();
        assertEquals(index, told.getApplied().getIndex());
        assertEquals(
                List.of(ChangedRow.newBuilder().setTable("aliases").setKey("live").build()),
                told.getApplied().getRowList());
        // Its connection breaks; what comes meanwhile it hears when it is back, without a resync.
        long missed = flip("live", "b");
        Iterator<WatchReply> again = watch(WatchRequest.newBuilder().setAfterIndex(index).build());
        assertEquals(missed, again.next().getApplied().getIndex());
        Iterator<WatchReply> other =
                watch(WatchRequest.newBuilder().setAfterIndex(missed + 1_000).build());
        assertEquals(missed, other.next().getResync());
    }

    @Test
    void aBackupComesWholeAndIsSound() throws Exception {
        flip("live", "a");
        Path file = dir.resolve("got.mbk");
        try (Peers peers = peers();
                BackupStream backup = peers.backup().orElseThrow();
                OutputStream out = Files.newOutputStream(file)) {
            backup.writeTo(out);
            assertEquals(Files.size(file), backup.bytes());
        }
        Reading.Sound sound =
                assertInstanceOf(
                        Reading.Sound.class, BackupFile.read(file, dir.resolve("copy.db")));
        assertEquals(store.status().appliedIndex(), sound.summary().appliedIndex());
        assertEquals(1, sound.summary().rows("aliases"));
    }

    @Timeout(60)
    @Test
    void aBackupThatNobodyTakesMakesRoomForTheNext() throws Exception {
        try (Peers peers = peers()) {
            peers.backup().orElseThrow().close();
            // The pod hears of it a moment later.
            Optional<BackupStream> next = Optional.empty();
            while (next.isEmpty()) {
                next = peers.backup();
            }
            next.get().close();
        }
    }

    @Test
    void whoMakesABackupAlreadyMakesNoOther() throws Exception {
        try (Peers peers = peers();
                OnlineBackup.Taken.Copy _ =
                        assertInstanceOf(OnlineBackup.Taken.Copy.class, backups.take())) {
            assertTrue(peers.backup().isEmpty());
        }
    }

    @Test
    void aDumpComesWhole() throws Exception {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try (Peers peers = peers();
                BackupStream dump = peers.dump("known").orElseThrow()) {
            assertEquals(DUMP.length, dump.bytes());
            dump.writeTo(got);
            assertTrue(peers.dump("unknown").isEmpty());
        }
        assertArrayEquals(DUMP, got.toByteArray());
    }

    private Optional<BackupStream> dump(String uid) {
        return uid.equals("known") ? Optional.of(new Dump()) : Optional.empty();
    }

    private static final class Dump implements BackupStream {
        @Override
        public long bytes() {
            return DUMP.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(DUMP);
        }

        @Override
        public void close() {}
    }

    private Peers peers() {
        PeerEndpoint pod = new PeerEndpoint("pod-1", "127.0.0.1", server.port());
        return new Peers("pod-0", List.of(pod), () -> List.of(SECRET));
    }

    @Test
    void strangersGetNeither() {
        ManagedChannel stranger = channel("another");
        try {
            PeerGrpc.PeerBlockingStub stub = PeerGrpc.newBlockingStub(stranger);
            for (Runnable call :
                    List.<Runnable>of(
                            () -> stub.watch(WatchRequest.getDefaultInstance()).next(),
                            () -> stub.backup(BackupRequest.getDefaultInstance()).next())) {
                StatusRuntimeException refused =
                        assertThrows(StatusRuntimeException.class, call::run);
                assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
            }
        } finally {
            stranger.shutdownNow();
        }
    }

    @Test
    void noMoreThanSomeFollow() {
        List<Iterator<WatchReply>> following = new ArrayList<>();
        for (int i = 0; i < StoreStreams.WATCHES_MAX; i++) {
            Iterator<WatchReply> one = watch(WatchRequest.getDefaultInstance());
            assertTrue(one.next().hasResync());
            following.add(one);
        }
        StatusRuntimeException refused =
                assertThrows(
                        StatusRuntimeException.class,
                        () -> watch(WatchRequest.getDefaultInstance()).next());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
        assertEquals(StoreStreams.WATCHES_MAX, following.size());
    }
}
