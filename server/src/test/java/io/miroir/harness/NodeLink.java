package io.miroir.harness;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The line from one pod to one node: a proxy that a test can make slow, mute, or cut. */
final class NodeLink implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int BACKLOG = 64;

    /** Goes with each write of documents. */
    private static final String WRITE = "customMetadata=";

    private static final String PROBE = "GET /version";

    private final InetSocketAddress podSide;
    private final InetSocketAddress node;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger disturbed = new AtomicInteger();
    private final AtomicInteger lateProbes = new AtomicInteger();
    private volatile Duration delay = Duration.ZERO;
    private volatile CountDownLatch mute = new CountDownLatch(0);
    private volatile boolean holdsWrite;
    private @Nullable ServerSocket server;

    /** What a chunk waits for before it is passed on. */
    @FunctionalInterface
    private interface Before {
        void next(byte[] chunk, int bytes) throws InterruptedException;
    }

    /** Is cut until it is mended. */
    NodeLink(InetSocketAddress podSide, InetSocketAddress node) {
        this.podSide = podSide;
        this.node = node;
    }

    /** All passes again, also what was held back. */
    synchronized void mend() {
        delay = Duration.ZERO;
        mute.countDown();
        if (server != null) {
            return;
        }
        try {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            opened.bind(podSide, BACKLOG);
            server = opened;
            Thread.ofVirtual().name("link-" + podSide).start(() -> accept(opened));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the beginning of each answer comes so much later. */
    void beSlow(Duration later) {
        disturbed.set(0);
        lateProbes.set(0);
        delay = later;
    }

    /** From now on nothing passes, and nobody is told. */
    void beMute() {
        disturbed.set(0);
        holdsWrite = false;
        mute = new CountDownLatch(1);
    }

    /** Nobody can connect, and who was connected is no more; what was held back is lost. */
    synchronized void cut() {
        ServerSocket listening = server;
        server = null;
        if (listening != null) {
            close(listening);
        }
        open.forEach(NodeLink::close);
        mute.countDown();
    }

    /** How often something was held back since it was made slow or mute. */
    int disturbed() {
        return disturbed.get();
    }

    /** Health checks that were asked since it was made slow. */
    int lateProbes() {
        return lateProbes.get();
    }

    /** Whether a write of documents is held back since it was made mute. */
    boolean holdsWrite() {
        return holdsWrite;
    }

    @Override
    public void close() {
        cut();
    }

    private void accept(ServerSocket listening) {
        try {
            while (true) {
                Socket pod = listening.accept();
                Thread.ofVirtual().start(() -> connect(pod, listening));
            }
        } catch (IOException wasCut) {
            // As it should be.
        }
    }

    private void connect(Socket pod, ServerSocket listening) {
        Socket to = new Socket();
        open.add(pod);
        open.add(to);
        try {
            // What is accepted while it is cut may have been too late to be closed.
            if (!listening.isClosed()) {
                to.connect(node);
                AtomicBoolean asked = new AtomicBoolean();
                Thread.ofVirtual()
                        .start(() -> pass(pod, to, (chunk, bytes) -> ask(asked, chunk, bytes)));
                pass(to, pod, (_, _) -> answer(asked));
            }
        } catch (IOException refused) {
            // The pod sees its connection closed.
        } finally {
            end(pod);
            end(to);
        }
    }

    private void ask(AtomicBoolean asked, byte[] chunk, int bytes) throws InterruptedException {
        String request = new String(chunk, 0, bytes, StandardCharsets.ISO_8859_1);
        if (mute.getCount() > 0 && request.startsWith("P") && request.contains(WRITE)) {
            holdsWrite = true;
        }
        if (!delay.isZero() && request.startsWith(PROBE)) {
            lateProbes.incrementAndGet();
        }
        hold();
        asked.set(true);
    }

    private void answer(AtomicBoolean asked) throws InterruptedException {
        hold();
        Duration later = delay;
        if (asked.getAndSet(false) && !later.isZero()) {
            disturbed.incrementAndGet();
            Thread.sleep(later);
        }
    }

    private void hold() throws InterruptedException {
        CountDownLatch held = mute;
        if (held.getCount() > 0) {
            disturbed.incrementAndGet();
            held.await();
        }
    }

    private void pass(Socket from, Socket to, Before before) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                before.next(chunk, read);
                out.write(chunk, 0, read);
            }
        } catch (IOException ended) {
            // By either side, or cut.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            end(from);
            end(to);
        }
    }

    private void end(Socket socket) {
        open.remove(socket);
        close(socket);
    }

    private static void close(Closeable what) {
        try {
            what.close();
        } catch (IOException gone) {
            // It is gone.
        }
    }
}
