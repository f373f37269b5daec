package io.miroir.raft.link;

import io.miroir.tls.PodKeys;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Plain sockets, or mutual TLS over them where pods have keys. */
final class Sockets {
    /** Enough for what is sent by a thread that must not wait for the other side. */
    private static final int BUFFER_BYTES = 256 << 10;

    private final Optional<PodKeys> keys;

    Sockets(Optional<PodKeys> keys) {
        this.keys = keys;
    }

    /** A connection: what is read and written, and the plain socket, whose end ends it at once. */
    record Connection(Socket socket, Socket plain) implements Closeable {
        /** TLS would first say farewell, and wait for a writer that hangs. */
        @Override
        public void close() {
            try {
                plain.close();
            } catch (IOException e) {
                // There is nothing left to do with it.
            }
        }
    }

    /**
     * Connects and shakes hands. Names are looked up anew: pods change their addresses.
     *
     * @param address host and port
     */
    Connection connect(String address, int timeoutMillis) throws IOException {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        int port = Integer.parseInt(address.substring(colon + 1));
        Socket plain = new Socket();
        try {
            plain.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
            plain.connect(new InetSocketAddress(host, port), timeoutMillis);
            plain.setTcpNoDelay(true);
            if (keys.isEmpty()) {
                return new Connection(plain, plain);
            }
            SSLSocket secure =
                    (SSLSocket)
                            context(keys.get())
                                    .getSocketFactory()
                                    .createSocket(plain, host, port, true);
            shakeHands(secure, timeoutMillis);
            return new Connection(secure, plain);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** The other end of {@link #connect}; on the connection's own thread. */
    Connection accepted(Socket plain, int timeoutMillis) throws IOException {
        plain.setTcpNoDelay(true);
        if (keys.isEmpty()) {
            return new Connection(plain, plain);
        }
        SSLSocket secure =
                (SSLSocket) context(keys.get()).getSocketFactory().createSocket(plain, null, true);
        secure.setUseClientMode(false);
        secure.setNeedClientAuth(true);
        shakeHands(secure, timeoutMillis);
        return new Connection(secure, plain);
    }

    private static void shakeHands(SSLSocket socket, int timeoutMillis) throws IOException {
        socket.setEnabledProtocols(new String[] {"TLSv1.3"});
        socket.setSoTimeout(timeoutMillis);
        socket.startHandshake();
    }

    /**
     * A context for each connection: what is resumed from an earlier one would pass by keys that
     * were exchanged since.
     */
    private static SSLContext context(PodKeys keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {keys.keys()}, new TrustManager[] {keys.trust()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS 1.3", e);
        }
    }
}
