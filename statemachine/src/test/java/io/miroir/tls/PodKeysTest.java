package io.miroir.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in by which keys, and keys that change. */
class PodKeysTest {
    private static final String SECRET = "a secret of the cluster";

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong changedMillis = new AtomicLong(1_000_000);

    @TempDir Path dir;

    private Path write(String name, String text) throws IOException {
        nanos.addAndGet(2_000_000_000L);
        Path file = Files.writeString(dir.resolve(name), text);
        return Files.setLastModifiedTime(file, FileTime.fromMillis(changedMillis.addAndGet(2_000)));
    }

    private SecretKeys ofSecret(String name, String secret) throws IOException {
        return new SecretKeys(new SharedSecret(write(name, secret), nanos::get));
    }

    private static SSLContext context(PodKeys keys) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(new KeyManager[] {keys.keys()}, new TrustManager[] {keys.trust()}, null);
        return context;
    }

    /** What a server answered to a client, both with keys. */
    private static int meet(PodKeys server, PodKeys client) throws Exception {
        try (SSLServerSocket listening =
                (SSLServerSocket)
                        context(server)
                                .getServerSocketFactory()
                                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setNeedClientAuth(true);
            CompletableFuture<Integer> heard =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try (SSLSocket socket = (SSLSocket) listening.accept()) {
                                    int said = socket.getInputStream().read();
                                    socket.getOutputStream().write(said + 1);
                                    return said;
                                } catch (IOException e) {
                                    throw new CompletionException(e);
                                }
                            });
            try (SSLSocket socket =
                    (SSLSocket)
                            context(client)
                                    .getSocketFactory()
                                    .createSocket(
                                            InetAddress.getLoopbackAddress(),
                                            listening.getLocalPort())) {
                socket.getOutputStream().write(41);
                int answer = socket.getInputStream().read();
                assertEquals(41, heard.join());
                return answer;
            }
        }
    }

    @Test
    void oneSecretOpensOnBothSidesAndAnotherOnNone() throws Exception {
        PodKeys first = ofSecret("first", SECRET);
        assertEquals(42, meet(first, ofSecret("same", SECRET)));
        PodKeys other = ofSecret("other", SECRET + "!");
        assertThrows(IOException.class, () -> meet(first, other));
        assertThrows(IOException.class, () -> meet(other, first));
    }

    @Test
    void aSecretThatIsExchangedIsGoodAtEachStep() throws Exception {
        PodKeys first = ofSecret("first", SECRET);
        PodKeys second = ofSecret("second", SECRET);
        String next = "the next secret of the cluster";
        for (String step : new String[] {SECRET + "\n" + next, next + "\n" + SECRET, next}) {
            write("first", step);
            assertEquals(42, meet(first, second));
            assertEquals(42, meet(second, first));
            write("second", step);
            assertEquals(42, meet(second, first));
        }
        PodKeys late = ofSecret("late", SECRET);
        assertThrows(IOException.class, () -> meet(first, late));
        // Half a file changes nothing.
        write("second", "x");
        assertEquals(42, meet(second, first));
    }

    /** Told as soon as it stands in the file, whenever that was looked at last. */
    @Test
    void whoAsksForFingerprintsIsToldWhatTheFileHoldsNow() throws Exception {
        Path file = write("told", SECRET);
        SharedSecret secret = new SharedSecret(file, nanos::get);
        SecretKeys keys = new SecretKeys(secret);
        LoadedKeys before = keys.loaded().getFirst();
        assertEquals(1, before.fingerprints().size());
        assertEquals("", before.trouble());

        // The same second, and a file time that has not moved.
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "the next secret of the cluster\n" + SECRET);
        Files.setLastModifiedTime(file, time);
        LoadedKeys after = keys.loaded().getFirst();
        assertEquals(2, after.fingerprints().size());
        assertEquals(before.fingerprints().getFirst(), after.fingerprints().getLast());
        assertEquals(2, secret.all().size());

        // What can't be used is said, and what was known stays good.
        Files.writeString(file, "x");
        LoadedKeys half = keys.loaded().getFirst();
        assertEquals(after.fingerprints(), half.fingerprints());
        assertTrue(half.trouble().contains("less than 16 bytes"), half::toString);
    }

    /** What is told must not give the key away, nor mix two kinds of it. */
    @Test
    void aFingerprintIsNeitherTheKeyNorItsPlainDigest() throws Exception {
        Path file = write("plain", "a key");
        LoadedKeys told = new SharedSecret(file, "node key", 1, nanos::get).loaded();
        assertEquals(told, SharedSecret.fixed("node key", List.of("a key")).get());
        String digest =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256")
                                        .digest("a key".getBytes(StandardCharsets.UTF_8)));
        assertEquals(8, told.fingerprints().getFirst().length());
        assertFalse(digest.startsWith(told.fingerprints().getFirst()));
    }

    private record Issued(String certificate, String key) {}

    private static Issued issue() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        X509Certificate certificate = SelfSigned.certificate(pair);
        return new Issued(
                pem("CERTIFICATE", certificate.getEncoded()),
                pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
    }

    private CertificateFiles ofFiles(String pod, Issued own, String authority) throws Exception {
        return new CertificateFiles(
                new CertificateFiles.Places(
                        write(pod + ".crt", own.certificate()),
                        write(pod + ".key", own.key()),
                        write(pod + ".ca", authority)),
                nanos::get);
    }

    @Test
    void certificatesOfTheAuthorityOpenAndChangeWhileThePodRuns() throws Exception {
        Issued a = issue();
        Issued b = issue();
        String both = a.certificate() + b.certificate();
        PodKeys podA = ofFiles("a", a, both);
        PodKeys podB = ofFiles("b", b, both);
        assertEquals(42, meet(podA, podB));
        // Each its own certificate, the same authorities.
        assertNotEquals(podA.loaded().getFirst(), podB.loaded().getFirst());
        assertEquals(podA.loaded().getLast(), podB.loaded().getLast());
        Issued stranger = issue();
        PodKeys podC = ofFiles("c", stranger, both);
        assertThrows(IOException.class, () -> meet(podA, podC));

        // A new certificate: known to the others first, then shown.
        Issued newer = issue();
        write("b.ca", both + newer.certificate());
        assertEquals(3, podB.loaded().getLast().fingerprints().size());
        write("a.crt", newer.certificate());
        // Half of the two: what was known stays good, and it is said.
        assertEquals(42, meet(podA, podB));
        String half = podA.loaded().getFirst().trouble();
        assertTrue(half.contains("not that of the certificate"), half);
        write("a.key", newer.key());
        assertEquals(42, meet(podA, podB));
        assertEquals(42, meet(podB, podA));
        write("b.ca", both);
        assertThrows(IOException.class, () -> meet(podA, podB));
    }
}
