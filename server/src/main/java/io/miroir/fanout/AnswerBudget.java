package io.miroir.fanout;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What nodes' answers to clients' reads may take together, in bytes as they come over the wire, and
 * what nodes are sent for them until they have answered. A read that begins waits while half of it
 * is taken. One that has begun does not wait, for reads that hold something would wait for each
 * other: it goes on in the other half, and is refused where that is taken too.
 */
public final class AnswerBudget {
    private final long bytesMax;
    private final Duration patience;
    private final Gauge taken;
    private final Counter waits;
    private final Counter refusals;
    private long held;

    /**
     * Nothing is taken.
     *
     * @param patience how long a read waits before it begins
     */
    public AnswerBudget(long bytesMax, Duration patience, CollectorRegistry registry) {
        this.bytesMax = bytesMax;
        this.patience = patience;
        this.taken =
                Gauge.build(
                                "miroir_node_answer_bytes",
                                "Bytes of nodes' answers that reads hold now.")
                        .register(registry);
        this.waits =
                Counter.build(
                                "miroir_node_answer_waits_total",
                                "Reads that waited before they began, for answers held by others.")
                        .register(registry);
        this.refusals =
                Counter.build(
                                "miroir_node_answer_refusals_total",
                                "Reads that were refused for the answers that are held.")
                        .register(registry);
    }

    /**
     * Begins a read.
     *
     * @throws ApiException {@code miroir_overloaded} if others hold too much for too long
     */
    public synchronized Share open() throws InterruptedException {
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        for (boolean waited = false; held > bytesMax / 2; waited = true) {
            if (!waited) {
                waits.inc();
            }
            long leftMillis = (giveUpNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                refusals.inc();
                throw noRoom();
            }
            wait(leftMillis);
        }
        return new Share();
    }

    /** What a read is told whose answers there is no room for. */
    public static ApiException noRoom() {
        return new ApiException(
                ErrorCode.MIROIR_OVERLOADED,
                "The answers of nodes to all reads together, and what these are sent, are as large"
                        + " as they may be.");
    }

    private static ApiException tooLarge(long bytes, long bytesMax) {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "What this request makes for nodes takes "
                        + bytes
                        + " bytes, more than all reads of this pod may hold together ("
                        + bytesMax
                        + ", `scatter.max_answer_bytes`).");
    }

    private synchronized boolean take(long bytes) {
        if (held + bytes > bytesMax) {
            refusals.inc();
            return false;
        }
        held += bytes;
        taken.set((double) held);
        return true;
    }

    private synchronized void give(long bytes) {
        held -= bytes;
        taken.set((double) held);
        notifyAll();
    }

    /** What one read, or a part of it, holds until it is closed. */
    public final class Share implements AutoCloseable {
        private final List<Share> parts = new ArrayList<>();
        private long own;
        private boolean closed;

        private Share() {}

        /** Takes more; false if there is no room, or nobody will read it any more. */
        public synchronized boolean take(long bytes) {
            if (closed || !AnswerBudget.this.take(bytes)) {
                return false;
            }
            own += bytes;
            return true;
        }

        /**
         * A part for what is sent to nodes, to be closed when they have answered.
         *
         * @throws ApiException {@code miroir_overloaded} if others hold too much, {@code
         *     payload_too_large} if there is not so much room at all
         */
        public Share sending(long bytes) {
            Share part = part();
            if (!part.take(bytes)) {
                throw bytes > bytesMax ? tooLarge(bytes, bytesMax) : noRoom();
            }
            return part;
        }

        /** A part that can be given back before the whole. */
        public synchronized Share part() {
            Share part = new Share();
            part.closed = closed;
            parts.add(part);
            return part;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                give(own);
                parts.forEach(Share::close);
            }
        }
    }
}
