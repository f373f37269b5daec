package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.miroir.proto.peer.DigestsReply;
import io.miroir.proto.peer.DigestsRequest;
import io.miroir.proto.peer.PeerGrpc;
import io.miroir.proto.peer.TableDigests;
import io.miroir.raft.ComparedTables;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How pods ask each other for digests of their tables. */
@Timeout(120)
class DigestsTest {
    private static final DigestsAsked ASKED = new DigestsAsked(new UUID(1, 1), 40, 8);
    private static final DigestsTold TOLD = new DigestsTold.Told(Map.of("tasks", "ab"), true);

    /** Of a pod that is asked. */
    @FunctionalInterface
    private interface Digesting {
        DigestsTold digest(DigestsAsked asked, ComparedTables.Asker asker);
    }

    private record Asked(Digesting digesting) implements Doorway {
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
            return digesting.digest(asked, asker);
        }

        @Override
        public MemberOutcome change(MemberChange change) {
            return new MemberOutcome.NotLeader(null);
        }
    }

    private static PeerServer serve(Digesting digesting) throws Exception {
        return PeerServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "pod-1",
                List::of,
                Optional.empty(),
                new Asked(digesting),
                new Reception().answers(List::of));
    }

    private static Peers peers(int port) {
        return new Peers("pod-0", List.of(new PeerEndpoint("pod-1", "127.0.0.1", port)), List::of);
    }

    private static DigestsTold ask(Digesting digesting, LongPredicate atToo) throws Exception {
        try (PeerServer server = serve(digesting);
                Peers peers = peers(server.port())) {
            return peers.digests("pod-1", ASKED, atToo);
        }
    }

    @Test
    void theEntryIsToldBeforeTheDigestsAreMade() throws Exception {
        CountDownLatch came = new CountDownLatch(1);
        AtomicReference<DigestsAsked> heard = new AtomicReference<>();
        DigestsTold told =
                ask(
                        (asked, asker) -> {
                            heard.set(asked);
                            asker.at(42);
                            return await(came) ? TOLD : new DigestsTold.NotNow("interrupted");
                        },
                        at -> {
                            came.countDown();
                            return at == 42;
                        });
        assertEquals(TOLD, told);
        assertEquals(ASKED, heard.get());
    }

    @Test
    void whatCanNotBeComparedAndWhatCanNotNowAreToldApart() throws Exception {
        assertInstanceOf(
                DigestsTold.Incomparable.class,
                ask(
                        (_, _) -> new DigestsTold.Incomparable("another format"),
                        DigestsTest::comesToo));
        assertInstanceOf(
                DigestsTold.NotNow.class,
                ask((_, _) -> new DigestsTold.NotNow("behind"), DigestsTest::comesToo));
        assertInstanceOf(
                DigestsTold.NotNow.class,
                ask(
                        (_, asker) -> {
                            asker.at(42);
                            return TOLD;
                        },
                        _ -> false));
        assertInstanceOf(
                DigestsTold.NotNow.class,
                ask(
                        (_, _) -> {
                            throw new IllegalStateException("a bug");
                        },
                        DigestsTest::comesToo));
        try (Peers nobody = peers(1)) {
            assertInstanceOf(
                    DigestsTold.NotNow.class,
                    nobody.digests("pod-1", ASKED, DigestsTest::comesToo));
            assertInstanceOf(
                    DigestsTold.NotNow.class,
                    nobody.digests("pod-9", ASKED, DigestsTest::comesToo));
        }
    }

    @Test
    void anEarlierProgramCanNotBeCompared() throws Exception {
        Server earlier =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(new PeerGrpc.PeerImplBase() {})
                        .build()
                        .start();
        try (Peers peers = peers(earlier.getPort())) {
            assertInstanceOf(
                    DigestsTold.Incomparable.class,
                    peers.digests("pod-1", ASKED, DigestsTest::comesToo));
        } finally {
            earlier.shutdownNow();
        }
    }

    @Test
    void noneIsMadeForAPodThatIsGone() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (PeerServer server =
                        serve(
                                (_, asker) -> {
                                    asker.at(42);
                                    try {
                                        while (true) {
                                            asker.meanwhile();
                                            Thread.onSpinWait();
                                        }
                                    } catch (CancellationException gone) {
                                        ended.countDown();
                                        throw gone;
                                    }
                                });
                Peers peers = peers(server.port())) {
            assertInstanceOf(DigestsTold.NotNow.class, peers.digests("pod-1", ASKED, _ -> false));
            ended.await();
            // The next one is not told to wait.
            AtomicLong at = new AtomicLong();
            while (at.get() == 0) {
                DigestsTold _ =
                        peers.digests(
                                "pod-1",
                                ASKED,
                                there -> {
                                    at.set(there);
                                    return false;
                                });
            }
            assertEquals(42, at.get());
        }
    }

    @Test
    void whoMakesThemForLongSaysThatItDoes() throws Exception {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
        FakeCall<DigestsReply> call = new FakeCall<>();
        Asking asking = new Asking(call, true, nanos::get);
        asking.at(42);
        nanos.addAndGet(Asking.SIGN_NANOS - 1);
        asking.meanwhile();
        assertEquals(1, call.sent().size());
        nanos.incrementAndGet();
        asking.meanwhile();
        asking.meanwhile();
        assertEquals(List.of(at(42), at(42)), call.sent());

        // An earlier program takes the second part for the digests.
        Asking earlier = new Asking(call, false, nanos::get);
        earlier.at(43);
        nanos.addAndGet(Asking.SIGN_NANOS);
        earlier.meanwhile();
        assertEquals(List.of(at(42), at(42), at(43)), call.sent());

        call.hangsUp();
        assertThrows(CancellationException.class, earlier::meanwhile);
    }

    private static DigestsReply at(long index) {
        return DigestsReply.newBuilder().setAt(index).build();
    }

    @Test
    void whoSaysThatItIsAtItIsWaitedFor() throws Exception {
        Server slow =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(
                                new PeerGrpc.PeerImplBase() {
                                    @Override
                                    public void digests(
                                            DigestsRequest request,
                                            StreamObserver<DigestsReply> replies) {
                                        assertTrue(request.getSignsOfLife());
                                        replies.onNext(at(42));
                                        replies.onNext(at(42));
                                        replies.onNext(at(42));
                                        replies.onNext(
                                                DigestsReply.newBuilder()
                                                        .setDigests(
                                                                TableDigests.newBuilder()
                                                                        .putSha256ByTable(
                                                                                "tasks", "ab")
                                                                        .setProven(true))
                                                        .build());
                                        replies.onCompleted();
                                    }
                                })
                        .build()
                        .start();
        try (Peers peers = peers(slow.getPort())) {
            assertEquals(TOLD, peers.digests("pod-1", ASKED, DigestsTest::comesToo));
        } finally {
            slow.shutdownNow();
        }
    }

    @Test
    void oneIsMadeAtATime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (PeerServer server =
                        serve(
                                (_, asker) -> {
                                    asker.at(42);
                                    return await(end) ? TOLD : new DigestsTold.NotNow("");
                                });
                Peers peers = peers(server.port())) {
            AtomicReference<DigestsTold> second = new AtomicReference<>();
            DigestsTold first =
                    peers.digests(
                            "pod-1",
                            ASKED,
                            _ -> {
                                second.set(peers.digests("pod-1", ASKED, DigestsTest::comesToo));
                                end.countDown();
                                return true;
                            });
            assertEquals(TOLD, first);
            assertInstanceOf(DigestsTold.NotNow.class, second.get());
        }
    }

    private static boolean comesToo(long at) {
        return at > 0;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
