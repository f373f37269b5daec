package io.miroir.bench.gate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * One link over a network that takes its time: a port of loopback that passes on to another what it
 * is sent, later. Bytes keep their order, and how many are under way does not change the delay.
 * Threads of the platform wait here: virtual ones wake less exactly.
 */
final class DelayProxy implements AutoCloseable {
    private static final int CHUNK_BYTES_MAX = 64 << 10;

    /** Of each direction of a connection; a sender that is faster waits, as for a full window. */
    private static final int CHUNKS_MAX = 1_024;

    private final ServerSocket listener;
    private final int target;
    private final LongSupplier oneWayNanos;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong passedBytes = new AtomicLong();

    /** Some bytes on their way; none: the sender has said all. */
    private static final class Chunk {
        private final byte[] bytes;
        private final long dueNanos;

        Chunk(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }

    /**
     * Listens at once.
     *
     * @param port to listen on
     * @param target a port of loopback
     * @param oneWayNanos asked for each chunk
     */
    DelayProxy(int port, int target, LongSupplier oneWayNanos) {
        this.target = target;
        this.oneWayNanos = oneWayNanos;
        try {
            this.listener = new ServerSocket(port, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + port, e);
        }
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Both ways together, since the start: whether anyone uses this link. */
    long passedBytes() {
        return passedBytes.get();
    }

    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(DelayProxy::closeQuietly);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                open.add(client);
                start(() -> connect(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start(() -> pump(client, server));
            pump(server, client);
        } catch (IOException e) {
            // Nobody is there yet: the client sees its connection end, as with a closed port.
            end(client);
        }
    }

    private void pump(Socket from, Socket to) {
        BlockingQueue<Chunk> way = new ArrayBlockingQueue<>(CHUNKS_MAX);
        start(() -> deliver(way, to));
        byte[] buffer = new byte[CHUNK_BYTES_MAX];
        try {
            InputStream in = from.getInputStream();
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                way.put(chunk(Arrays.copyOf(buffer, read)));
                passedBytes.addAndGet(read);
            }
            way.put(chunk(new byte[0]));
        } catch (IOException e) {
            // Broken, not said to the end: so is the other side then.
            end(from);
            end(to);
            way.clear();
            way.offer(chunk(new byte[0]));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Chunk chunk(byte[] bytes) {
        return new Chunk(bytes, System.nanoTime() + oneWayNanos.getAsLong());
    }

    private void deliver(BlockingQueue<Chunk> way, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            for (Chunk next = way.take(); next.bytes.length > 0; next = way.take()) {
                for (long left = next.dueNanos - System.nanoTime(); left > 0; ) {
                    LockSupport.parkNanos(left);
                    left = next.dueNanos - System.nanoTime();
                }
                out.write(next.bytes);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            end(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(Socket socket) {
        open.remove(socket);
        closeQuietly(socket);
    }

    private static void start(Runnable work) {
        Thread.ofPlatform().daemon().name("delay").start(work);
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is of no use any more, whatever it says.
        }
    }
}
