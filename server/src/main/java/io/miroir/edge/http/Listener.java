package io.miroir.edge.http;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Undertow's HTTP listener with its IO threads. Undertow's own builder would do, but it can only
 * stop all at once: here the port can be closed first, so that clients are refused and go elsewhere
 * while running requests are answered.
 */
final class Listener implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 1_000_000;
    private static final int BACKLOG = 1_000;

    private final XnioWorker worker;
    private final AcceptingChannel<StreamConnection> port;

    private Listener(XnioWorker worker, AcceptingChannel<StreamConnection> port) {
        this.worker = worker;
        this.port = port;
    }

    /** Listens from now on. */
    static Listener open(
            InetSocketAddress address,
            HttpServer.Limits limits,
            ByteBufferPool buffers,
            HttpHandler root)
            throws IOException {
        XnioWorker worker =
                Xnio.getInstance(Undertow.class.getClassLoader()).createWorker(workerOptions());
        try {
            HttpOpenListener opener = new HttpOpenListener(buffers, serverOptions(limits));
            opener.setRootHandler(root);
            AcceptingChannel<StreamConnection> port =
                    worker.createStreamConnectionServer(
                            address,
                            ChannelListeners.openListenerAdapter(opener),
                            socketOptions(limits));
            port.resumeAccepts();
            return new Listener(worker, port);
        } catch (IOException | RuntimeException failed) {
            worker.shutdownNow();
            throw failed;
        }
    }

    /** The port it listens on. */
    int port() {
        return port.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** Refuses new connections; those that are open live on. */
    void refuse() {
        IoUtils.safeClose(port);
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        refuse();
        worker.shutdownNow();
    }

    private static OptionMap workerOptions() {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        return OptionMap.builder()
                .set(Options.WORKER_NAME, "http")
                .set(Options.WORKER_IO_THREADS, threads)
                .set(Options.WORKER_TASK_CORE_THREADS, 1)
                .set(Options.WORKER_TASK_MAX_THREADS, 1)
                .set(Options.CONNECTION_HIGH_WATER, CONNECTIONS_MAX)
                .set(Options.CONNECTION_LOW_WATER, CONNECTIONS_MAX)
                .set(Options.TCP_NODELAY, true)
                .set(Options.CORK, true)
                .getMap();
    }

    private static OptionMap socketOptions(HttpServer.Limits limits) {
        return OptionMap.builder()
                // Else a client that reads nothing holds its answer in memory for ever.
                .set(Options.WRITE_TIMEOUT, limits.silenceMillisMax())
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, BACKLOG)
                .getMap();
    }

    private static OptionMap serverOptions(HttpServer.Limits limits) {
        return OptionMap.builder()
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALWAYS_SET_DATE, true)
                // Ours is told as Meilisearch tells it; Undertow's, 2 MiB, cuts off.
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(UndertowOptions.MAX_HEADER_SIZE, limits.headerBytesMax())
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, limits.idleMillisMax())
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .getMap();
    }
}
