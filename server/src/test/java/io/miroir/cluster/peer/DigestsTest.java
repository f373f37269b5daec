package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.miroir.proto.peer.PeerGrpc;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** How pods ask each other for digests of their tables. */
class DigestsTest {
    private static final DigestsAsked ASKED = new DigestsAsked(new UUID(1, 1), 40, 8);
    private static final DigestsTold TOLD = new DigestsTold.Told(Map.of("tasks", "ab"), true);

    /** Of a pod that is asked. */
    @FunctionalInterface
    private interface Digesting {
        DigestsTold digest(DigestsAsked asked, LongConsumer at);
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
        public DigestsTold digests(DigestsAsked asked, LongConsumer at) {
            return digesting.digest(asked, at);
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
                        (asked, at) -> {
                            heard.set(asked);
                            at.accept(42);
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
                        (_, at) -> {
                            at.accept(42);
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
    void oneIsMadeAtATime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (PeerServer server =
                        serve(
                                (_, at) -> {
                                    at.accept(42);
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
