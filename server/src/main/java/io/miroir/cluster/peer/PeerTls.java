package io.miroir.cluster.peer;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.miroir.tls.PodKeys;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Mutual TLS of the peer port, with the JDK's own: it asks our managers at each handshake. */
final class PeerTls {
    private PeerTls() {}

    static NettyServerBuilder server(NettyServerBuilder builder, Optional<PodKeys> keys) {
        return keys.map(
                        known ->
                                builder.sslContext(
                                        built(
                                                SslContextBuilder.forServer(known.keys())
                                                        .trustManager(known.trust())
                                                        .clientAuth(ClientAuth.REQUIRE))))
                .orElse(builder);
    }

    static NettyChannelBuilder client(NettyChannelBuilder builder, Optional<PodKeys> keys) {
        return keys.map(
                        known ->
                                builder.sslContext(
                                        built(
                                                SslContextBuilder.forClient()
                                                        .keyManager(known.keys())
                                                        .trustManager(known.trust()))))
                .orElseGet(builder::usePlaintext);
    }

    private static SslContext built(SslContextBuilder builder) {
        try {
            return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS for the peer port", e);
        }
    }
}
