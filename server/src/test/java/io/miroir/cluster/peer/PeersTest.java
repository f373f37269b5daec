package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.fleet.PortWait;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.raft.ComparedTables;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.tls.LoadedKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What pods say to each other over real sockets. */
class PeersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long APPLIED_MAX = 7;
    private static final int KNOWN = 9;
    private static final PassedWrite WRITE =
            new PassedWrite("movies", "documents_replace", Map.of("a", "b"));

    private static final List<LoadedKeys> KEYS =
            List.of(
                    new LoadedKeys("cluster secret", true, List.of("0a1b2c3d", "99"), ""),
                    new LoadedKeys("certificate", false, List.of("55"), "half a file"));

    static final Standing STANDING =
            new Standing() {
                @Override
                public boolean runsLanes() {
                    return true;
                }

                @Override
                public long applied(long atLeast, Duration timeout) {
                    return Math.min(atLeast, APPLIED_MAX);
                }
            };

    /** Knows of no cluster. */
    static final class Stranger implements Doorway {
        @Override
        public long run() {
            return 1;
        }

        @Override
        public int knownFormat() {
            return KNOWN;
        }

        @Override
        public Greeted greet(Greeting from) {
            return new Greeted.Refused("closed to " + from.podId());
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

    /** Counts the bytes of a body, and owns only one lane. */
    private static final class Counting implements PassedWriteHandler {
        @Override
        public boolean owns(String lane) {
            return lane.equals("movies");
        }

        @Override
        public boolean letGo(String lane, Duration patience) {
            return !owns(lane);
        }

        @Override
        public PassedAnswer run(PassedWrite write, InputStream body) {
            try {
                long sum = 0;
                long count = 0;
                for (int b = body.read(); b >= 0; b = body.read()) {
                    sum += b;
                    count++;
                }
                String text = write.operation() + write.parameters() + count + "/" + sum;
                return new PassedAnswer(202, Map.of("X", "y"), text);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    private static PeerServer serve(String secret) throws IOException {
        return serve(() -> List.of(secret), 0);
    }

    private static PeerServer serve(Supplier<List<String>> secrets, int port) throws IOException {
        return PeerServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                "pod-1",
                secrets,
                Optional.empty(),
                new Stranger(),
                new PeerServer.Answers(STANDING, new Counting(), Optional::empty, () -> KEYS));
    }

    private static Peers peers(PeerServer server, String secret) {
        return peers(server, () -> List.of(secret));
    }

    private static Peers peers(PeerServer server, Supplier<List<String>> secrets) {
        return new Peers(
                "pod-0", List.of(new PeerEndpoint("pod-1", "127.0.0.1", server.port())), secrets);
    }

    private static void awaitLive(Peers peers, Set<String> wanted) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!peers.live().equals(wanted) && System.nanoTime() < giveUpNanos) {
            Thread.sleep(20);
        }
        assertEquals(wanted, peers.live());
    }

    @Test
    void aBodyOfManyChunksIsPassedOnWhole() throws IOException {
        byte[] body = new byte[3_000_000];
        Arrays.fill(body, (byte) 1);
        try (PeerServer server = serve("secret");
                Peers peers = peers(server, "secret")) {
            Passing passed =
                    peers.forward("pod-1", WRITE, new ByteArrayInputStream(body), PATIENCE);
            PassedAnswer answer = assertInstanceOf(Passing.Answered.class, passed).answer();
            assertEquals("documents_replace{a=b}3000000/3000000", answer.body());
            assertEquals(202, answer.status());
            assertEquals(Map.of("X", "y"), answer.headers());
        }
    }

    /** Who is not the owner costs the sender nothing: no byte of the body was read. */
    @Test
    void theBodyIsUntouchedUntilTheOwnerAgrees() throws IOException {
        InputStream unread =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("the body was read");
                    }

                    @Override
                    public int read(byte[] into, int from, int length) {
                        return read();
                    }
                };
        try (PeerServer server = serve("secret");
                Peers peers = peers(server, "secret")) {
            PassedWrite other = new PassedWrite("songs", "documents_replace", Map.of());
            assertInstanceOf(
                    Passing.NotTaken.class, peers.forward("pod-1", other, unread, PATIENCE));
            assertInstanceOf(
                    Passing.NotTaken.class, peers.forward("pod-9", WRITE, unread, PATIENCE));
        }
    }

    @Test
    void strangersAreNeitherHeardNorTakenForPods() throws Exception {
        try (PeerServer server = serve("secret");
                Peers peers = peers(server, "another")) {
            InputStream body = new ByteArrayInputStream(new byte[1]);
            assertInstanceOf(Passing.NotTaken.class, peers.forward("pod-1", WRITE, body, PATIENCE));
            peers.start();
            awaitLive(peers, Set.of("pod-0"));
        }
    }

    @Test
    void theSecretIsExchangedWhileBothPodsRun() throws Exception {
        // New as second line on all, then first, then alone: at each step one pod is a step ahead.
        List<List<String>> steps =
                List.of(
                        List.of("old"),
                        List.of("old", "new"),
                        List.of("new", "old"),
                        List.of("new"));
        AtomicReference<List<String>> there = new AtomicReference<>(steps.getFirst());
        AtomicReference<List<String>> here = new AtomicReference<>(steps.getFirst());
        try (PeerServer server = serve(there::get, 0);
                Peers peers = peers(server, here::get)) {
            for (List<String> step : steps) {
                there.set(step);
                assertTrue(peers.run("pod-1", PATIENCE).isPresent(), "ahead with " + step);
                here.set(step);
                assertTrue(peers.run("pod-1", PATIENCE).isPresent(), "both have " + step);
            }
            here.set(List.of("old"));
            assertTrue(peers.run("pod-1", PATIENCE).isEmpty(), "the old one is good no more");
        }
    }

    @Test
    void aPodThatStopsAndComesBackIsSeen() throws Exception {
        // Not one that another connection may be given while it is free.
        int port = PortsApart.make().free();
        PeerServer server = serve(() -> List.of("secret"), port);
        try (Peers peers = peers(server, "secret")) {
            peers.start();
            awaitLive(peers, Set.of("pod-0", "pod-1"));
            server.close();
            awaitLive(peers, Set.of("pod-0"));
            PortWait.untilFree(port);
            server = serve(() -> List.of("secret"), port);
            awaitLive(peers, Set.of("pod-0", "pod-1"));
        } finally {
            server.close();
        }
    }

    /** Protocol, rule 9: what a pod has applied is asked of it, and remembered. */
    @Test
    void aPodTellsWhatItHasApplied() throws IOException {
        PeerServer server = serve("secret");
        try (Peers peers = peers(server, "secret")) {
            assertFalse(peers.applied("pod-1", APPLIED_MAX + 1, PATIENCE));
            assertTrue(peers.applied("pod-1", APPLIED_MAX, PATIENCE));
            server.close();
            assertTrue(peers.applied("pod-1", APPLIED_MAX, Duration.ofMillis(100)));
            assertFalse(peers.applied("pod-1", APPLIED_MAX + 1, Duration.ofMillis(100)));
        } finally {
            server.close();
        }
    }

    /** What an operator waits for who exchanges a key: each pod's word, also that one says none. */
    @Test
    void allPodsTellWhichKeysTheyKnow() throws IOException {
        PeerServer server = serve("secret");
        try (Peers peers = peers(server, "secret")) {
            ClusterKeys cluster = new ClusterKeys("pod-0", () -> KEYS.subList(0, 1), peers);
            // The first connection of a JVM may take longer than a pod is asked for its keys.
            assertTrue(peers.run("pod-1", PATIENCE).isPresent());
            assertEquals(
                    Map.of("pod-0", Optional.of(KEYS.subList(0, 1)), "pod-1", Optional.of(KEYS)),
                    cluster.ask());
            server.close();
            assertEquals(Optional.empty(), cluster.ask().get("pod-1"));
        } finally {
            server.close();
        }
    }

    /** Protocol, rule 20: who does not answer is not taken for one that knows. */
    @Test
    void aPodTellsWhichFormatItKnows() throws IOException {
        PeerServer server = serve("secret");
        PeerEndpoint there = new PeerEndpoint("pod-1", "127.0.0.1", server.port());
        try (Peers peers = peers(server, "secret");
                Peers alone = new Peers("pod-0", List.of(), () -> List.of("secret"))) {
            assertEquals(OptionalInt.of(KNOWN), peers.knownFormat("pod-1", PATIENCE));
            assertEquals(Map.of("pod-1", KNOWN), peers.knownFormats());
            assertEquals(OptionalInt.of(KNOWN), alone.knownFormat(there, PATIENCE));
            server.close();
            assertTrue(peers.knownFormat("pod-1", Duration.ofMillis(100)).isEmpty());
            assertTrue(alone.knownFormat(there, Duration.ofMillis(100)).isEmpty());
        } finally {
            server.close();
        }
        // A program from before there were formats says nothing.
        assertEquals(1, MemberWords.format(0));
    }

    /** An open peer port is write access. */
    @Test
    void withoutASecretOnlyLoopbackIsListenedOn() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        PeerServer.start(
                                new InetSocketAddress(0),
                                "pod-1",
                                List::of,
                                Optional.empty(),
                                new Stranger(),
                                new PeerServer.Answers(
                                        STANDING, new Counting(), Optional::empty, () -> KEYS)));
    }
}
