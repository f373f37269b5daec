package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.peer.Greeting;
import io.miroir.cluster.peer.PeerEndpoint;
import io.miroir.cluster.peer.Peers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a pod that starts makes of others' silence. */
class GreetingsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NOBODY_LISTENS = 1;

    @Test
    void aPodThatIsThereAndSaysNothingIsLateAndOneThatIsDownIsNot() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                Peers peers =
                        new Peers(
                                "pod-a",
                                List.of(
                                        new PeerEndpoint(
                                                "pod-b", "127.0.0.1", silent.getLocalPort()),
                                        new PeerEndpoint("pod-c", "127.0.0.1", NOBODY_LISTENS)),
                                () -> List.of("secret"))) {
            Greetings greetings = new Greetings(peers, List.of("pod-b", "pod-c"));
            Greeting greeting = new Greeting("pod-a", null, 1, 1, 0);
            // The first ones may take their time for a refused connection too.
            long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
            do {
                assertTrue(System.nanoTime() < giveUpNanos, () -> greetings.late() + " are late");
                greetings.all(greeting);
            } while (!greetings.late().equals(Set.of("pod-b")));
            assertEquals(Map.of(), greetings.heard());
        }
    }
}
