package io.miroir.cluster.peer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.function.Supplier;

/** What pods of one cluster know and others don't: sent with each call, checked before it. */
final class ClusterSecret implements ClientInterceptor, ServerInterceptor {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("miroir-cluster-secret", Metadata.ASCII_STRING_MARSHALLER);

    private final Supplier<List<String>> secrets;

    /**
     * @param secrets the one that is shown first, then others that are good as well, so that they
     *     can be exchanged while pods run; none is as good as an empty one
     */
    ClusterSecret(Supplier<List<String>> secrets) {
        this.secrets = secrets;
    }

    private List<String> proofs() {
        List<String> now = secrets.get();
        return now.isEmpty()
                ? List.of(digest(""))
                : now.stream().map(ClusterSecret::digest).toList();
    }

    // Only a digest travels: the secret itself may be a key elsewhere, and any text fits a header.
    private static String digest(String secret) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] bytes = ("miroir peers\0" + secret).getBytes(StandardCharsets.UTF_8);
            return java.util.HexFormat.of().formatHex(sha256.digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
            MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                headers.put(HEADER, proofs().getFirst());
                super.start(listener, headers);
            }
        };
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String shown = headers.get(HEADER);
        if (shown == null || proofs().stream().noneMatch(proof -> equal(shown, proof))) {
            call.close(
                    Status.UNAUTHENTICATED.withDescription("not a pod of this cluster"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }

    private static boolean equal(String left, String right) {
        return MessageDigest.isEqual(
                left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
