package io.miroir.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads a request's channel on a virtual thread.
 *
 * <p>Undertow's own blocking stream waits on a selector that it keeps per thread; with a virtual
 * thread per request that would be a file descriptor per request. This one parks the thread until
 * the IO thread says that there is more, so a slow client costs a small object.
 */
final class ChannelStream extends InputStream {
    /** What a client must send on average, in the time for which it was waited. */
    static final long BYTES_PER_SECOND_MIN = 1_024;

    private static final int DRAINED_AT_ONCE_BYTES = 16 << 10;

    private final HttpServerExchange exchange;
    private final long silenceMillisMax;
    private final Semaphore readable = new Semaphore(0);
    private final byte[] one = new byte[1];
    private @Nullable StreamSourceChannel channel;
    private boolean ended;
    private long waitedNanos;
    private long received;
    private @Nullable Hurry hurry;

    /**
     * By when a body must be there.
     *
     * @param millisMax for all of it, and a second more for each MB that has come
     */
    record Hurry(long sinceNanos, long millisMax) {
        private static final long BYTES_PER_MILLI = 1_000;

        long millisLeft(long nowNanos, long received) {
            long passed = TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos);
            return Math.max(0, millisMax + received / BYTES_PER_MILLI - passed);
        }
    }

    ChannelStream(HttpServerExchange exchange, long silenceMillisMax) {
        this.exchange = exchange;
        this.silenceMillisMax = silenceMillisMax;
    }

    /** From now on all of it must come within that time, and a second more for each MB. */
    void hurry(long millisMax) {
        hurry = new Hurry(System.nanoTime(), millisMax);
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
        try {
            while (!ended) {
                int count = channel().read(buffer);
                if (count > 0) {
                    received += count;
                    return count;
                }
                if (count < 0) {
                    ended = true;
                } else {
                    awaitReadable();
                }
            }
        } catch (ClientGone gone) {
            throw gone;
        } catch (IOException broken) {
            throw new ClientGone(broken);
        }
        return -1;
    }

    /**
     * Reads what is left and forgets it. A connection that is closed over bytes that nobody read is
     * reset, and takes the answer with it that its client has not come to (RFC 9112, section 9.6).
     *
     * @return whether that was all of it, within so many bytes and the time of one silence
     */
    boolean drain(long bytesMax) {
        long length = exchange.getRequestContentLength();
        boolean announced =
                length > 0 || exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING);
        boolean asksFirst = channel == null && HttpContinue.requiresContinueResponse(exchange);
        if (!announced || asksFirst || length - received > bytesMax) {
            return false;
        }
        long giveUpNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(silenceMillisMax);
        // It is held nowhere any more.
        hurry = null;
        byte[] forgotten = new byte[DRAINED_AT_ONCE_BYTES];
        try {
            long left = bytesMax;
            while (left >= 0 && System.nanoTime() - giveUpNanos < 0) {
                int count = read(forgotten);
                if (count < 0) {
                    return true;
                }
                left -= count;
            }
        } catch (IOException gone) {
            // Nobody is there, or not in time: the answer is sent all the same.
        }
        return false;
    }

    private StreamSourceChannel channel() throws IOException {
        StreamSourceChannel source = channel;
        if (source == null) {
            if (HttpContinue.requiresContinueResponse(exchange)) {
                // A client that asks first sends all the same after a while: it loses that time.
                HttpContinue.sendContinueResponseBlocking(exchange);
            }
            source = exchange.getRequestChannel();
            if (source == null) {
                throw new ClientGone("the request's body is no longer available");
            }
            source.getReadSetter()
                    .set(
                            ready -> {
                                ready.suspendReads();
                                readable.release();
                            });
            channel = source;
        }
        return source;
    }

    private void awaitReadable() throws IOException {
        requirePace();
        channel().resumeReads();
        long sinceNanos = System.nanoTime();
        try {
            long patienceMillis = Math.min(silenceMillisMax, millisLeft());
            if (!readable.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
                if (millisLeft() == 0) {
                    throw new BodyLate(received + " bytes of it came in time");
                }
                throw new ClientGone("no byte of the body within " + silenceMillisMax + " ms");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ClientGone("the server stops");
        } finally {
            waitedNanos += System.nanoTime() - sinceNanos;
        }
    }

    // Asked where it is waited for: what is there already was sent in time.
    private long millisLeft() {
        return hurry == null ? Long.MAX_VALUE : hurry.millisLeft(System.nanoTime(), received);
    }

    // One byte at a time is no silence, and would hold a place among the requests for days.
    private void requirePace() throws ClientGone {
        long waitedMillis = TimeUnit.NANOSECONDS.toMillis(waitedNanos);
        boolean slow = received * 1_000 < BYTES_PER_SECOND_MIN * waitedMillis;
        if (slow && waitedMillis > silenceMillisMax) {
            throw new ClientGone(received + " bytes of the body within " + waitedMillis + " ms");
        }
    }
}
