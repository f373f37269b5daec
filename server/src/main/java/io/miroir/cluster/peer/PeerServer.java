package io.miroir.cluster.peer;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.miroir.tls.LoadedKeys;
import io.miroir.tls.PodKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The peer port of this pod. */
public final class PeerServer implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 4 << 20;
    private static final long STOP_SECONDS_MAX = 5;

    private final Server server;
    private final ExecutorService executor;

    /**
     * What others get here.
     *
     * @param standing what this pod tells of itself
     * @param writes takes writes that others pass on
     * @param store what they may follow and copy, once it is open
     * @param keys what may be told of this pod's keys
     */
    public record Answers(
            Standing standing,
            PassedWriteHandler writes,
            Supplier<Optional<OpenStore>> store,
            Supplier<List<LoadedKeys>> keys) {}

    private PeerServer(Server server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /**
     * Opens the port.
     *
     * @param secrets what all pods of the cluster know, the one to show first; there may be none on
     *     loopback only
     * @param keys by which pods know each other
     * @param doorway who may take part
     * @param answers what this pod tells and takes
     * @throws IllegalArgumentException for an address that others reach, without a secret: the port
     *     is full write access
     * @throws IOException if the port is in use or the address is not of this machine
     */
    public static PeerServer start(
            InetSocketAddress bind,
            String podId,
            Supplier<List<String>> secrets,
            Optional<PodKeys> keys,
            Doorway doorway,
            Answers answers)
            throws IOException {
        if (secrets.get().isEmpty() && keys.isEmpty() && !bind.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "the peer port on " + bind + " needs a cluster secret: it is write access");
        }
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Server server =
                PeerTls.server(NettyServerBuilder.forAddress(bind), keys)
                        .executor(executor)
                        .permitKeepAliveTime(PeerClient.KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
                        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                        .intercept(new ClusterSecret(secrets))
                        .addService(new PeerService(podId, doorway, answers))
                        .build()
                        .start();
        return new PeerServer(server, executor);
    }

    /** The port that was bound. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
    }
}
