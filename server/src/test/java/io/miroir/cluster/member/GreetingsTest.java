package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.peer.DigestsAsked;
import io.miroir.cluster.peer.DigestsTold;
import io.miroir.cluster.peer.Doorway;
import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.Greeting;
import io.miroir.cluster.peer.PeerEndpoint;
import io.miroir.cluster.peer.PeerServer;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.peer.PodFacts;
import io.miroir.cluster.peer.Reception;
import io.miroir.raft.ComparedTables;
import io.miroir.raft.Member;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.raft.link.Acknowledged;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What a pod that starts makes of others' silence. */
class GreetingsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NOBODY_LISTENS = 1;

    private static final Greeting GREETING = new Greeting("pod-a", null, 1, 1, 0);

    private static List<PeerEndpoint> configured(int port) {
        return List.of(
                new PeerEndpoint("pod-b", "127.0.0.1", port),
                new PeerEndpoint("pod-c", "127.0.0.1", NOBODY_LISTENS));
    }

    private static Peers peers(int port) {
        return new Peers("pod-a", configured(port), List::of);
    }

    private static Greetings greetings(Peers peers, int port) {
        return new Greetings(peers, new Addresses("pod-a", configured(port)));
    }

    /** A pod that starts beside others may take its time, as its first connections do here. */
    private static void awaitHeard(
            Greetings greetings, Predicate<String> mayLead, Map<String, Greeted> wanted) {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        do {
            assertTrue(System.nanoTime() < giveUpNanos, () -> greetings.heard() + " are heard");
            greetings.all(GREETING, mayLead);
        } while (!greetings.heard().equals(wanted));
    }

    /** A pod that says this to whoever greets it. */
    private record Saying(AtomicReference<Greeted> words) implements Doorway {
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
            return Objects.requireNonNull(words.get());
        }

        @Override
        public DigestsTold digests(DigestsAsked asked, ComparedTables.Asker asker) {
            return new DigestsTold.NotNow("no");
        }

        @Override
        public MemberOutcome change(MemberChange change) {
            return new MemberOutcome.Refused("it is asked");
        }
    }

    private static PeerServer serve(String pod, AtomicReference<Greeted> words) throws IOException {
        return PeerServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                pod,
                List::of,
                Optional.empty(),
                new Saying(words),
                new Reception().answers(List::of));
    }

    private static Greeted says(String pod, String leader, int leadersPort) {
        List<Member> members =
                List.of(
                        new Member("pod-a", "a:1", "a:2", true),
                        new Member("pod-d", "d:1", "127.0.0.1:" + leadersPort, true));
        return new Greeted.Welcome(
                new PodFacts(pod, new UUID(1, 1), 1, true, leader, members, Map.of()),
                pod.equals(leader) ? Optional.of(new Acknowledged(5, 7, 5)) : Optional.empty());
    }

    @Test
    void whoLeadsIsGreetedThoughItIsNotConfigured() throws Exception {
        // It alone knows whether this pod's disk is an old copy.
        AtomicReference<Greeted> follower = new AtomicReference<>(new Greeted.Refused("not yet"));
        AtomicReference<Greeted> leader = new AtomicReference<>(new Greeted.Refused("not yet"));
        try (PeerServer d = serve("pod-d", leader);
                PeerServer b = serve("pod-b", follower);
                Peers peers = peers(b.port())) {
            Greeted names = says("pod-b", "pod-d", d.port());
            Greeted leads = says("pod-d", "pod-d", d.port());
            follower.set(names);
            leader.set(leads);
            Greetings greetings = greetings(peers, b.port());
            awaitHeard(greetings, _ -> true, Map.of("pod-b", names, "pod-d", leads));
            // What it is asked for reaches it, too: a pod with an old copy is struck off by it.
            assertEquals(
                    new MemberOutcome.Refused("it is asked"),
                    peers.change("pod-d", new MemberChange.Leave("pod-a"), PATIENCE));
            // Whether it is one of the others this pod does not know: no report waits for it.
            assertEquals(List.of("pod-b", "pod-c"), peers.ids());
            assertEquals(Set.of("pod-a", "pod-b", "pod-c"), peers.all());

            // A member knows who else is one.
            awaitHeard(greetings, id -> !id.equals("pod-d"), Map.of("pod-b", names));

            // This pod led: there is nobody else.
            Greeted since = says("pod-b", "pod-a", d.port());
            follower.set(since);
            awaitHeard(greetings, _ -> true, Map.of("pod-b", since));
        }
    }

    @Test
    void whoAnswersWhereALeaderWasIsNotHeard() throws Exception {
        // The list of members keeps the address a pod joined with, whoever has it later.
        AtomicReference<Greeted> follower = new AtomicReference<>(new Greeted.Refused("not yet"));
        AtomicReference<Greeted> another = new AtomicReference<>(new Greeted.Refused("no"));
        try (PeerServer b = serve("pod-b", follower);
                PeerServer elsewhere = serve("pod-d", another);
                Peers peers = peers(b.port())) {
            Greetings greetings = greetings(peers, b.port());
            Greeted names = says("pod-b", "pod-d", b.port());
            follower.set(names);
            awaitHeard(greetings, _ -> true, Map.of("pod-b", names));

            Greeted moved = says("pod-b", "pod-d", elsewhere.port());
            follower.set(moved);
            awaitHeard(greetings, _ -> true, Map.of("pod-b", moved));
            // It bears the same name, in another cluster.
            another.set(
                    new Greeted.Welcome(
                            new PodFacts(
                                    "pod-d", new UUID(2, 2), 1, true, "pod-d", List.of(), Map.of()),
                            Optional.empty()));
            awaitHeard(greetings, _ -> true, Map.of("pod-b", moved));
            // Now it is the one that was meant: told of anew, it is found where it is.
            Greeted leads = says("pod-d", "pod-d", elsewhere.port());
            another.set(leads);
            awaitHeard(greetings, _ -> true, Map.of("pod-b", moved, "pod-d", leads));
        }
    }

    @Test
    void aPodThatIsThereAndSaysNothingIsLateAndOneThatIsDownIsNot() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                Peers peers = peers(silent.getLocalPort())) {
            Greetings greetings = greetings(peers, silent.getLocalPort());
            // The first ones may take their time for a refused connection too.
            long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
            do {
                assertTrue(System.nanoTime() < giveUpNanos, () -> greetings.late() + " are late");
                greetings.all(GREETING, _ -> true);
            } while (!greetings.late().equals(Set.of("pod-b")));
            assertEquals(Map.of(), greetings.heard());
        }
    }
}
