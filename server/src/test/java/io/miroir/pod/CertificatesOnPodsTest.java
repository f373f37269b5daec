package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.tls.CertificateFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three pods that know each other by certificates of the operator's own authority: the Raft port
 * and the peer port, and certificates and an authority that are exchanged while pods run.
 */
class CertificatesOnPodsTest {
    private static final int PODS = 3;
    private static final int PATIENCE_MILLIS = 60_000;

    /** First byte of what TLS says to those that it does not let in. */
    private static final int ALERT = 0x15;

    /** Of the length of an answer, on both ports. */
    private static final int HEARD = 0;

    private static final int END = -1;
    private static final int SILENCE = -2;

    /** The Raft port: a greeting, then the length of a request, its kind and its number. */
    private static final String LINK = "MRFT\1" + "\0\0\0\t" + "\7" + "\0\0\0\0\0\0\0\1";

    /** The peer port: what begins HTTP/2. */
    private static final String GRPC = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final List<Integer> RAFT = TestPorts.some(PODS);
    private static final List<Integer> PEER = TestPorts.some(PODS);
    private static final List<TestPod> pods = new ArrayList<>();

    @TempDir static Path directory;

    private static int documents;

    @SuppressWarnings("NullAway.Init")
    private static TestAuthority authority;

    @SuppressWarnings("NullAway.Init")
    private static TestNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        authority = new TestAuthority("first");
        trust(authority.certificate());
        for (int pod = 0; pod < PODS; pod++) {
            certify("pod-" + pod, authority);
        }
        nodes = new TestNodes(directory, 1, 1);
        pods.addAll(TestPod.startTogether(PODS, CertificatesOnPodsTest::pod));
        pods.forEach(pod -> pod.client().awaitStatus("GET", "/_miroir/ready", 200));
    }

    @AfterAll
    static void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    private static TestPod pod(int self) {
        CertificateFiles.Places files = files("pod-" + self);
        String keys =
                """
                cert_file: %s
                key_file: %s
                ca_file: %s
                """
                        .formatted(files.certificate(), files.key(), files.authority());
        return new TestPod(
                directory.resolve("pod-" + self),
                nodes.addresses(),
                1,
                TestPod.group(self, RAFT, PEER, keys));
    }

    private static CertificateFiles.Places files(String holder) {
        return new CertificateFiles.Places(
                directory.resolve(holder + ".crt"),
                directory.resolve(holder + ".key"),
                directory.resolve(holder + ".ca"));
    }

    private static void certify(String holder, TestAuthority by) throws Exception {
        TestAuthority.Issued issued = by.issue(holder);
        Files.writeString(files(holder).certificate(), issued.certificate());
        Files.writeString(files(holder).key(), issued.key());
    }

    private static void trust(String authorities) throws IOException {
        for (int pod = 0; pod < PODS; pod++) {
            Files.writeString(files("pod-" + pod).authority(), authorities);
        }
    }

    private static Cli keys(String... more) {
        List<String> command = new ArrayList<>(List.of("cluster", "keys"));
        command.addAll(List.of(more));
        command.addAll(List.of("--from", pods.getFirst().address().toString()));
        command.addAll(List.of("--admin-key", TestPod.ADMIN_KEY));
        return Cli.run(command.toArray(String[]::new));
    }

    private static String agreed() {
        Cli cli = keys("--wait", "120");
        assertEquals(0, cli.exit(), cli::toString);
        return cli.out();
    }

    /** Through each of some pods; whoever does not run the lane passes it on. */
    private static void write(List<TestPod> through) {
        for (TestPod pod : through) {
            String document = "[{\"id\": " + documents++ + "}]";
            pod.client()
                    .await(
                            "POST",
                            "/indexes/movies/documents",
                            document,
                            reply -> reply.status() == 202);
        }
    }

    /** It connects anew with what it finds in its files, and so do the others to it. */
    private static void restart(int pod) {
        pods.get(pod).restart();
        hasEverything(pods.get(pod));
    }

    private static void hasEverything(TestPod pod) {
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
        pod.client()
                .await(
                        "GET",
                        "/tasks?statuses=succeeded",
                        reply -> reply.body().path("total").asInt() >= documents);
    }

    @Test
    void certificatesAndTheirAuthorityAreExchangedOnline() throws Exception {
        write(pods);
        String before = agreed();
        for (int pod = 0; pod < PODS; pod++) {
            certify("pod-" + pod, authority);
        }
        assertNotEquals(before, agreed(), "certificates are told, and were read anew");
        restart(2);
        write(pods);

        TestAuthority next = new TestAuthority("second");
        trust(authority.certificate() + next.certificate());
        agreed();
        // One after the other, as an operator does: each is let in by those that are behind it.
        for (int pod = 0; pod < PODS; pod++) {
            certify("pod-" + pod, next);
        }
        restart(1);
        trust(next.certificate());
        agreed();
        restart(0);
        write(pods);
        pods.forEach(CertificatesOnPodsTest::hasEverything);
        authority = next;
    }

    @Test
    void whoHasNoCertificateOfTheAuthorityIsNotLetIn() throws Exception {
        // It knows the cluster's authority, which is no secret, but is none of its pods.
        certify("stranger", new TestAuthority("another"));
        Files.writeString(files("stranger").authority(), authority.certificate());
        CertificateFiles stranger = new CertificateFiles(files("stranger"), System::nanoTime);
        CertificateFiles member = new CertificateFiles(files("pod-1"), System::nanoTime);
        for (int pod = 0; pod < PODS; pod++) {
            for (Door door :
                    List.of(new Door(RAFT.get(pod), LINK), new Door(PEER.get(pod), GRPC))) {
                assertEquals(HEARD, door.firstByte(context(member, member.keys())), door::toString);
                assertEquals(END, door.firstByte(context(stranger)), door::toString);
                Shown shown = new Shown(stranger.keys());
                assertEquals(END, door.firstByte(context(stranger, shown)), door::toString);
                assertTrue(shown.asked(), "it was not left out for the authorities that are named");
                int plainly = door.firstByte(null);
                assertTrue(plainly == END || plainly == ALERT, door + " answers " + plainly);
            }
        }
    }

    /** Shows a certificate whatever authorities the other side names, and knows whether it did. */
    private static final class Shown extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager keys;
        private final AtomicBoolean asked = new AtomicBoolean();

        Shown(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        boolean asked() {
            return asked.get();
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            String alias = keys.chooseClientAlias(types, null, socket);
            asked.set(alias != null);
            return alias;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return keys.getClientAliases(type, null);
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
    }

    private static SSLContext context(CertificateFiles known, KeyManager... shown)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(shown, new TrustManager[] {known.trust()}, new SecureRandom());
        return context;
    }

    /**
     * A port of a pod.
     *
     * @param opening what a pod says there first, and is answered
     */
    private record Door(int port, String opening) {
        /** What one hears who says what a pod says: HEARD, or something else. */
        int firstByte(@Nullable SSLContext tls) {
            try (Socket socket = connect(tls)) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.getOutputStream().write(opening.getBytes(StandardCharsets.US_ASCII));
                return socket.getInputStream().read();
            } catch (SocketTimeoutException waited) {
                return SILENCE;
            } catch (IOException dropped) {
                return END;
            }
        }

        private Socket connect(@Nullable SSLContext tls) throws IOException {
            InetAddress here = InetAddress.getLoopbackAddress();
            if (tls == null) {
                return new Socket(here, port);
            }
            SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(here, port);
            SSLParameters parameters = socket.getSSLParameters();
            // gRPC drops whoever does not say that it speaks HTTP/2, with whatever certificate.
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            return socket;
        }

        @Override
        public String toString() {
            return "port " + port;
        }
    }
}
