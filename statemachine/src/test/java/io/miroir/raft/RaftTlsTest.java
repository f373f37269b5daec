package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.store.Role;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import io.miroir.tls.SecretKeys;
import io.miroir.tls.SharedSecret;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Raft port of pods that share a secret, or do not. */
class RaftTlsTest {
    private static final String FIRST = "the first secret of the cluster";
    private static final String SECOND = "the second secret of the cluster";

    private final List<RaftTaskStore> open = new ArrayList<>();
    private final AtomicLong fileTimes = new AtomicLong(1_000_000);

    @TempDir Path dir;

    @AfterEach
    void closeAll() {
        open.forEach(RaftTaskStore::close);
    }

    private Path write(String name, String secrets) {
        try {
            Path file = Files.writeString(dir.resolve(name), secrets);
            Files.setLastModifiedTime(file, FileTime.fromMillis(fileTimes.addAndGet(2_000)));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RaftTaskStore start(String id, List<RaftStoreConfig.Peer> peers, Path secret) {
        RaftTaskStore store =
                new RaftTaskStore(
                        new RaftStoreConfig(
                                id,
                                dir.resolve(id),
                                peers,
                                "127.0.0.1",
                                Group.limits(60_000),
                                new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20)),
                        new RaftTaskStore.Surroundings(
                                        InstantSource.system(),
                                        new Random(),
                                        new CollectorRegistry(),
                                        Throwable::printStackTrace)
                                .keyed(
                                        Optional.of(
                                                new SecretKeys(
                                                        new SharedSecret(
                                                                secret, System::nanoTime)))));
        open.add(store);
        return store;
    }

    private void stop(RaftTaskStore store) {
        open.remove(store);
        store.close();
    }

    private TaskStore leader() {
        Group.await(
                "a leader", () -> open.stream().anyMatch(s -> s.status().role() == Role.LEADER));
        return open.stream()
                .filter(s -> s.status().role() == Role.LEADER)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSecretIsExchangedWhileThePodsRun() throws Exception {
        // New as second line on all, then first, then alone; at each step a pod comes back, which
        // must be let in by others that have not taken the step yet.
        List<RaftStoreConfig.Peer> peers = Group.freePeers();
        for (RaftStoreConfig.Peer peer : peers) {
            start(peer.id(), peers, write(peer.id() + ".secret", FIRST));
        }
        long epoch = Writes.claim(leader(), "movies", "pod-x");
        long written = 0;
        for (String step : List.of(FIRST + "\n" + SECOND, SECOND + "\n" + FIRST, SECOND + "\n")) {
            RaftTaskStore back = open.getFirst();
            String id = back.status().podId();
            stop(back);
            RaftTaskStore again = start(id, peers, write(id + ".secret", step));
            assertEquals(written++, Writes.write(leader(), "movies", epoch));
            long applied = leader().status().appliedIndex();
            Group.await(id + " to follow", () -> again.status().appliedIndex() >= applied);
            for (RaftStoreConfig.Peer peer : peers) {
                write(peer.id() + ".secret", step);
            }
        }
    }

    @Test
    void whoHasAnotherSecretIsNotLetIn() throws Exception {
        List<RaftStoreConfig.Peer> peers = Group.freePeers();
        start("pod-a", peers, write("pod-a.secret", FIRST));
        start("pod-b", peers, write("pod-b.secret", FIRST));
        Writes.claim(leader(), "movies", "pod-x");
        RaftTaskStore stranger = start("pod-c", peers, write("pod-c.secret", SECOND));
        // Time enough for several elections, if it were heard.
        Thread.sleep(2_500);
        assertEquals(0, stranger.status().appliedIndex());
        // The two go on without it; an election of theirs may be under way just now.
        Group.await(
                "one leader",
                () -> open.stream().filter(s -> s.status().role() == Role.LEADER).count() == 1);
        assertNotEquals(Role.LEADER, stranger.status().role());
    }

    @Test
    void whoShowsNoCertificateIsNotHeardEvenIfItTrustsEveryone() throws Exception {
        List<RaftStoreConfig.Peer> one = Group.freePeers("pod-a");
        start("pod-a", one, write("pod-a.secret", FIRST));
        leader();
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustsEveryone()}, null);
        try (SSLSocket socket =
                (SSLSocket)
                        trusting.getSocketFactory()
                                .createSocket("127.0.0.1", one.getFirst().port())) {
            // Whoever is let in hears nothing until it has spoken itself: that would time out.
            socket.setSoTimeout(60_000);
            assertThrows(SSLException.class, () -> socket.getInputStream().read());
        }
    }

    private static final class TrustsEveryone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void aSecretThatCouldBeGuessedIsRefused() {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new SharedSecret(write("short", "too short"), System::nanoTime));
        assertInstanceOf(String.class, refused.getMessage());
    }
}
