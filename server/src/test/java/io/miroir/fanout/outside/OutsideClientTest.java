package io.miroir.fanout.outside;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.miroir.api.HttpUrl;
import io.miroir.api.IpNetwork;
import io.miroir.api.IpRules;
import io.miroir.api.UrlText;
import io.miroir.fanout.outside.OutsideClient.Reply;
import io.miroir.fanout.webhook.OddNames;
import io.miroir.pod.TestAuthority;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The address that was looked at is the one that is called, and it must be whose name it is. */
@Timeout(60)
class OutsideClientTest {
    private static final InetAddress ALLOWED = InetAddress.ofLiteral("127.0.0.1");

    /** Where the name leads when it is asked for again. */
    private static final InetAddress LATER = InetAddress.ofLiteral("127.0.0.2");

    private static final IpRules RULES =
            new IpRules(List.of(IpNetwork.parse("127.0.0.1/32").orElseThrow()));
    private static final Duration TIME_MAX = Duration.ofSeconds(50);

    private static final byte[] NOTHING = {};

    private final AtomicInteger lookups = new AtomicInteger();

    /** Says it otherwise the second time, as does the JVM's own from the beginning. */
    private List<InetAddress> rebound(String host) {
        assertEquals(OddNames.REBOUND, host);
        return List.of(lookups.incrementAndGet() == 1 ? ALLOWED : LATER);
    }

    @Test
    void aNameThatLeadsElsewhereAMomentLaterIsCalledWhereItWasLookedAt() throws Exception {
        for (String method : List.of("GET", "POST")) {
            lookups.set(0);
            try (ServerSocket there = new ServerSocket(0, 1, ALLOWED);
                    ServerSocketChannel later = listening(LATER, there.getLocalPort());
                    OutsideClient client = client(this::rebound, SSLContext.getDefault())) {
                BlockingQueue<String> hosts = new LinkedBlockingQueue<>();
                // Hangs up: a client that tries again must not look anew.
                Thread serving = Thread.ofVirtual().start(() -> serve(there, "", hosts));
                int port = there.getLocalPort();
                Reply reply = client.ask(call(method, "http", OddNames.REBOUND, port), NOTHING);
                assertInstanceOf(Reply.Unreached.class, reply);
                serving.join();
                assertEquals(OddNames.REBOUND + ":" + port, hosts.take());
                assertEquals(1, lookups.get());
                assertNull(later.accept());
            }
        }
    }

    @Test
    void nobodyIsCalledWhereOneAddressOfANameIsForbidden() throws Exception {
        try (ServerSocketChannel there = listening(ALLOWED, 0);
                OutsideClient client =
                        client(host -> List.of(ALLOWED, LATER), SSLContext.getDefault())) {
            int port = there.socket().getLocalPort();
            assertEquals(
                    new Reply.Forbidden(LATER),
                    client.ask(call("GET", "http", OddNames.REBOUND, port), NOTHING));
            assertNull(there.accept());
        }
    }

    @Test
    void anAddressThatTakesNoConnectionIsPassedOver() throws Exception {
        IpRules both = new IpRules(List.of(IpNetwork.parse("127.0.0.0/8").orElseThrow()));
        try (ServerSocket there = new ServerSocket(0, 1, ALLOWED);
                OutsideClient client =
                        new OutsideClient(
                                both, host -> List.of(LATER, ALLOWED), SSLContext.getDefault())) {
            Thread.ofVirtual().start(() -> serve(there, "204 No Content", new ArrayList<>()));
            assertEquals(
                    new Reply.Answered(204, ""),
                    client.ask(
                            call("GET", "http", OddNames.REBOUND, there.getLocalPort()), NOTHING));
        }
    }

    /** As of a key, which Meilisearch answers before it reads a body. */
    @Test
    void aRefusalBeforeTheBodyHasComeIsTold() throws Exception {
        try (ServerSocket there = new ServerSocket(0, 1, ALLOWED);
                OutsideClient client = client(host -> List.of(ALLOWED), SSLContext.getDefault())) {
            Thread.ofVirtual().start(() -> serve(there, "403 Forbidden", new ArrayList<>()));
            assertEquals(
                    new Reply.Answered(403, ""),
                    client.ask(
                            call("POST", "http", OddNames.REBOUND, there.getLocalPort()),
                            new byte[16 << 20]));
        }
    }

    @Test
    void theCertificateIsOfTheNameThatWasCalled() throws Exception {
        TestAuthority authority = new TestAuthority("outside");
        SSLContext trusting = tls(null, null, authority.certificate());
        try (OutsideClient client = client(host -> List.of(ALLOWED), trusting)) {
            // Of itself Java says no name without a dot.
            for (String name : List.of(OddNames.REBOUND, "intranet")) {
                TestAuthority.Issued issued = authority.issue(name);
                SSLContext server = tls(issued.certificate(), issued.key(), null);
                for (String called : List.of(name, "other.miroir-test", "127.0.0.1")) {
                    askOver(client, server, name, called);
                }
            }
        }
    }

    /** Asks a server with a certificate of one name, by the one or another. */
    private static void askOver(OutsideClient client, SSLContext tls, String name, String called)
            throws IOException, InterruptedException {
        BlockingQueue<String> names = new LinkedBlockingQueue<>();
        try (SSLServerSocket there =
                (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 1, ALLOWED)) {
            Thread.ofVirtual().start(() -> serve(there, "204 No Content", names));
            int port = there.getLocalPort();
            Reply reply = client.ask(call("GET", "https", called, port), NOTHING);
            if (called.equals(name)) {
                assertEquals(new Reply.Answered(204, ""), reply);
                assertEquals(name, names.take());
                assertEquals(name + ":" + port, names.take());
            } else {
                assertInstanceOf(Reply.Unreached.class, reply, called);
            }
        }
    }

    private static OutsideClient client(OutsideClient.Names names, SSLContext tls) {
        return new OutsideClient(RULES, names, tls);
    }

    private static OutsideClient.Call call(String method, String scheme, String host, int port) {
        HttpUrl url = UrlText.http(scheme + "://" + host + ":" + port + "/").orElseThrow();
        return new OutsideClient.Call(method, url, to -> {}, 0, TIME_MAX);
    }

    private static ServerSocketChannel listening(InetAddress address, int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.configureBlocking(false);
        return channel.bind(new InetSocketAddress(address, port));
    }

    /** Reads the head of one request, notes the names that it is asked for by, and hangs up. */
    private static void serve(ServerSocket server, String status, Collection<String> names) {
        try (Socket socket = server.accept()) {
            if (socket instanceof SSLSocket secure) {
                secure.startHandshake();
                ((ExtendedSSLSession) secure.getSession())
                        .getRequestedServerNames()
                        .forEach(name -> names.add(new String(name.getEncoded(), UTF_8)));
            }
            BufferedReader head =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            for (String line = head.readLine(); !line.isEmpty(); line = head.readLine()) {
                if (line.startsWith("Host: ")) {
                    names.add(line.substring("Host: ".length()));
                }
            }
            if (!status.isEmpty()) {
                String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
                socket.getOutputStream().write(answer.getBytes(UTF_8));
                socket.getOutputStream().flush();
            }
        } catch (IOException over) {
            // The other side hung up: it does not like the certificate.
        }
    }

    /** One that shows a certificate, or one that trusts an authority; all in PEM. */
    private static SSLContext tls(
            @Nullable String certificate, @Nullable String key, @Nullable String trusted)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = {};
        if (certificate != null && key != null) {
            PrivateKey secret =
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der(key)));
            store.setKeyEntry("own", secret, password, new Certificate[] {read(certificate)});
        }
        if (trusted != null) {
            store.setCertificateEntry("trusted", read(trusted));
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                keys.getKeyManagers(), trusted == null ? null : trust.getTrustManagers(), null);
        return context;
    }

    private static Certificate read(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(UTF_8)));
    }

    private static byte[] der(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    }
}
