package io.miroir.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.Base64;
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
        Issued stranger = issue();
        PodKeys podC = ofFiles("c", stranger, both);
        assertThrows(IOException.class, () -> meet(podA, podC));

        // A new certificate: known to the others first, then shown.
        Issued newer = issue();
        write("b.ca", both + newer.certificate());
        write("a.crt", newer.certificate());
        write("a.key", newer.key());
        assertEquals(42, meet(podA, podB));
        assertEquals(42, meet(podB, podA));
        write("b.ca", both);
        assertThrows(IOException.class, () -> meet(podA, podB));
    }
}
