package io.miroir.tls;

import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS that is made when it is needed first. Java's HTTP client wants it before it knows whether it
 * will meet an https address, and the JVM's own reads a hundred and more authorities.
 */
public final class LazyTls extends SSLContext {
    private static final LazyTls OF_THE_JVM = new LazyTls(LazyTls::ofTheJvm);

    LazyTls(Supplier<SSLContext> make) {
        super(new Later(make), null, "TLS");
    }

    /** The JVM's own, with the authorities that it trusts. */
    public static SSLContext get() {
        return OF_THE_JVM;
    }

    /** Parameters that say nothing: a client that is given none makes TLS to ask for them. */
    public static SSLParameters parameters() {
        return new SSLParameters();
    }

    private static SSLContext ofTheJvm() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    private static final class Later extends SSLContextSpi {
        private final Supplier<SSLContext> make;
        private @Nullable SSLContext made;

        Later(Supplier<SSLContext> make) {
            this.make = make;
        }

        private synchronized SSLContext now() {
            SSLContext known = made;
            if (known == null) {
                known = make.get();
                made = known;
            }
            return known;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("it has its keys");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return now().getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return now().getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return now().createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return now().createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return now().getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return now().getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return now().getDefaultSSLParameters();
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return now().getSupportedSSLParameters();
        }
    }
}
