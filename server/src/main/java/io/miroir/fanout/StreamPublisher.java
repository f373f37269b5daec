package io.miroir.fanout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A body that is read while it is sent, in pieces of its own length or of 64 KiB. Java's publisher
 * of streams takes 16 KiB at a time, whatever there is, and what a piece costs on its way through
 * the client has little to do with its size.
 */
final class StreamPublisher implements Flow.Publisher<ByteBuffer> {
    private static final int PIECE_BYTES_MAX = 64 << 10;

    private final Supplier<InputStream> opener;
    private final long lengthBytes;

    /**
     * Publishes streams.
     *
     * @param opener a new stream from the beginning; closed by who opens it
     * @param lengthBytes what each of them gives
     */
    StreamPublisher(Supplier<InputStream> opener, long lengthBytes) {
        this.opener = opener;
        this.lengthBytes = lengthBytes;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Pieces(subscriber, opener.get(), lengthBytes));
    }

    /** Only the thread that finds nothing demanded publishes, until nothing is again. */
    private static final class Pieces implements Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private final InputStream in;
        private final AtomicLong demanded = new AtomicLong();
        private long left;
        private volatile boolean over;

        Pieces(Flow.Subscriber<? super ByteBuffer> subscriber, InputStream in, long lengthBytes) {
            this.subscriber = subscriber;
            this.in = in;
            this.left = lengthBytes;
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                fail(new IllegalArgumentException(count + " pieces"));
            } else if (demanded.getAndAccumulate(count, Pieces::sum) == 0) {
                while (!over) {
                    publish();
                    if (demanded.decrementAndGet() == 0) {
                        return;
                    }
                }
            }
        }

        private static long sum(long one, long other) {
            return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
        }

        private void publish() {
            byte[] piece = new byte[(int) Math.min(left, PIECE_BYTES_MAX)];
            int count;
            try {
                count = in.readNBytes(piece, 0, piece.length);
            } catch (IOException | RuntimeException failed) {
                fail(failed);
                return;
            }
            left -= count;
            // A stream that ends too early is told as what it is by the subscriber, who counts.
            boolean last = left == 0 || count < piece.length;
            if (count > 0) {
                subscriber.onNext(ByteBuffer.wrap(piece, 0, count));
            }
            if (last && !over) {
                over = true;
                subscriber.onComplete();
            }
        }

        private void fail(Throwable why) {
            if (!over) {
                over = true;
                subscriber.onError(why);
            }
        }

        @Override
        public void cancel() {
            over = true;
        }
    }
}
