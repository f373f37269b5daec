package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.miroir.proto.peer.PeerGrpc;
import io.miroir.proto.peer.WatchReply;
import io.miroir.proto.peer.WatchRequest;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.TaskStore;
import io.miroir.store.Watcher;
import io.miroir.store.backup.OnlineBackup;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that follows a pod's store over a real socket, slowly, or over the pod's restart. */
@Timeout(120)
class WatchStreamTest {
    private static final long TIME = 1_767_225_600_000_000L;
    private static final int ROWS = 1_000;

    /** Of a client that takes no more until it has read: what lies on the way is little then. */
    private static final int WINDOW_BYTES = 65_535;

    @TempDir Path dir;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private WatchHub watchers;

    @SuppressWarnings("NullAway.Init")
    private StoreEngine engine;

    @SuppressWarnings("NullAway.Init")
    private PeerServer server;

    @SuppressWarnings("NullAway.Init")
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
        watchers = new WatchHub(Applied.load(database.writer()).index());
        engine = new StoreEngine(database, watchers);
        TaskStore store = watchedOnly();
        OpenStore open =
                new OpenStore(store, new OnlineBackup(store, dir, "test"), _ -> Optional.empty());
        server =
                PeerServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "pod-1",
                        List::of,
                        Optional.empty(),
                        new PeersTest.Stranger(),
                        new PeerServer.Answers(
                                PeersTest.STANDING,
                                new Reception(),
                                () -> Optional.of(open),
                                List::of));
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                        .usePlaintext()
                        .intercept(new ClusterSecret(List::of))
                        .flowControlWindow(WINDOW_BYTES)
                        .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        watchers.close();
        database.close();
    }

    private TaskStore watchedOnly() {
        return (TaskStore)
                Proxy.newProxyInstance(
                        TaskStore.class.getClassLoader(),
                        new Class<?>[] {TaskStore.class},
                        (_, method, arguments) -> {
                            if (!method.getName().equals("watch")) {
                                throw new UnsupportedOperationException(method.toString());
                            }
                            Watcher watcher = (Watcher) arguments[0];
                            return arguments.length == 1
                                    ? watchers.watch(watcher)
                                    : watchers.watch(watcher, (long) arguments[1]);
                        });
    }

    /** One entry with many rows; answers its index. */
    private long write() {
        return write(ROWS);
    }

    private long write(int rows) {
        long index = engine.applied().index() + 1;
        Command task = Command.newBuilder().setEnqueueTask(EnqueueTask.newBuilder()).build();
        Batch entry = Batch.newBuilder().addAllCommand(Collections.nCopies(rows, task)).build();
        engine.apply(index, 1, TIME + index, entry);
        engine.commit();
        return index;
    }

    private BlockingClientCall<?, WatchReply> follow(WatchRequest request) {
        return PeerGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(Duration.ofSeconds(100))
                .watch(request);
    }

    private BlockingClientCall<?, WatchReply> followAfter(long index) {
        return follow(WatchRequest.newBuilder().setAfterIndex(index).build());
    }

    private static WatchReply next(BlockingClientCall<?, WatchReply> call) throws Exception {
        return Objects.requireNonNull(call.read(), "the stream has ended");
    }

    @Test
    void whoTakesItTooSlowlyIsToldToReadAnewAndThenGoesOn() throws Exception {
        BlockingClientCall<?, WatchReply> slow = follow(WatchRequest.getDefaultInstance());
        assertTrue(next(slow).hasResync());
        long last = 0;
        // More than lies on the way and waits in the pod for one that follows it.
        for (int rows = 0; rows < 90_000; rows += ROWS) {
            last = write();
        }
        long heard = 0;
        WatchReply reply = next(slow);
        while (!reply.hasResync()) {
            assertEquals(heard + 1, reply.getApplied().getIndex(), "a gap that nothing tells of");
            assertEquals(ROWS, reply.getApplied().getRowCount());
            heard++;
            reply = next(slow);
        }
        assertTrue(heard < last, "it was no slow one");
        assertEquals(last, reply.getResync());
        assertEquals(write(), next(slow).getApplied().getIndex());
        slow.cancel("enough", null);
    }

    /** A message has a bound: what is beyond it is read anew, and what follows is told again. */
    @Test
    void ofVeryManyRowsAtOnceNoneIsTold() throws Exception {
        BlockingClientCall<?, WatchReply> call = follow(WatchRequest.getDefaultInstance());
        assertTrue(next(call).hasResync());
        long most = write(StoreStreams.ROWS_MAX);
        long tooMany = write(StoreStreams.ROWS_MAX + 1);
        long after = write();
        assertEquals(StoreStreams.ROWS_MAX, next(call).getApplied().getRowCount());
        assertEquals(most + 1, tooMany);
        assertEquals(tooMany, next(call).getResync());
        assertEquals(after, next(call).getApplied().getIndex());
        call.cancel("enough", null);
    }

    @Test
    void overARestartOnlyWhoHasMissedNothingGoesOn() throws Exception {
        BlockingClientCall<?, WatchReply> before = follow(WatchRequest.getDefaultInstance());
        assertTrue(next(before).hasResync());
        long first = write();
        assertEquals(first, next(before).getApplied().getIndex());
        long second = write();
        assertEquals(second, next(before).getApplied().getIndex());
        stop();
        assertThrows(StatusException.class, () -> next(before));

        start();
        BlockingClientCall<?, WatchReply> upToDate = followAfter(second);
        BlockingClientCall<?, WatchReply> behind = followAfter(first);
        assertEquals(second, next(behind).getResync(), "nobody knows any more what came between");
        long third = write();
        assertEquals(third, next(upToDate).getApplied().getIndex());
        assertEquals(third, next(behind).getApplied().getIndex());
        // Of a pod that had come further: what it told may be applied here in another moment.
        assertEquals(third, next(followAfter(third + 1)).getResync());
    }
}
