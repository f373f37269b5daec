package io.miroir.edge.http;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/**
 * What the JSON bodies of all requests that run may take together, in bytes of memory. A request
 * never waits for room: what it holds meanwhile could be what others wait for. Large ones leave a
 * part to small ones, so that these find room whatever large ones do.
 */
public final class BodyBudget {
    /** Of so many parts, one is for small bodies alone. */
    private static final int PARTS = 8;

    private final Limits limits;
    private final Gauge taken;
    private final Counter refusals;
    private final Counter late;
    private long held;
    private long heldByLarge;

    /**
     * How much there is, and for how long.
     *
     * @param bytesMax all bodies together
     * @param smallBodyBytesMax up to which a body is small
     * @param readMillisMax how long a body may take to come, and a second more for each MB that has
     */
    public record Limits(long bytesMax, long smallBodyBytesMax, long readMillisMax) {
        /** With bodies of 1 MiB as small ones. */
        public Limits(long bytesMax, long readMillisMax) {
            this(bytesMax, 1 << 20, readMillisMax);
        }

        private long largeBytesMax() {
            return bytesMax - bytesMax / PARTS;
        }
    }

    /** Nothing is taken. */
    public BodyBudget(Limits limits, CollectorRegistry registry) {
        this.limits = limits;
        this.taken =
                Gauge.build(
                                "miroir_json_body_bytes",
                                "Memory that JSON bodies of running requests take, estimated.")
                        .register(registry);
        this.refusals =
                Counter.build(
                                "miroir_json_body_refusals_total",
                                "Requests that were refused for the memory of JSON bodies.")
                        .register(registry);
        this.late =
                Counter.build(
                                "miroir_json_body_late_total",
                                "Requests whose JSON body did not come in time.")
                        .register(registry);
    }

    /** The share of a request, which holds nothing yet. */
    public Share open() {
        return new Share();
    }

    /**
     * Takes what there is room for.
     *
     * @param byLarge how much of what large bodies hold is new: more than {@code bytes} when one
     *     has just become large
     */
    private synchronized boolean take(long bytes, long byLarge) {
        boolean fits =
                held + bytes <= limits.bytesMax()
                        && (byLarge == 0 || heldByLarge + byLarge <= limits.largeBytesMax());
        if (fits) {
            held += bytes;
            heldByLarge += byLarge;
            taken.set((double) held);
        }
        return fits;
    }

    private synchronized void give(long bytes, long byLarge) {
        held -= bytes;
        heldByLarge -= byLarge;
        taken.set((double) held);
    }

    /** What one request holds until it is closed; for one thread. */
    public final class Share implements AutoCloseable {
        private long own;
        private boolean large;

        private Share() {}

        /** How long the body may take to come. */
        long readMillisMax() {
            return limits.readMillisMax();
        }

        /** Counts that the body was not there by then. */
        void late() {
            late.inc();
        }

        /**
         * Takes more.
         *
         * @param bodyBytes how long the body is, as far as it is known
         * @throws ApiException {@code miroir_overloaded} if others hold too much, {@code
         *     payload_too_large} if there is not so much room for this request alone
         */
        public void take(long bytes, long bodyBytes) {
            boolean becomesLarge = !large && bodyBytes > limits.smallBodyBytesMax();
            long byLarge = becomesLarge ? own + bytes : large ? bytes : 0;
            if (BodyBudget.this.take(bytes, byLarge)) {
                own += bytes;
                large |= becomesLarge;
                return;
            }
            refusals.inc();
            long ownMax = byLarge == 0 ? limits.bytesMax() : limits.largeBytesMax();
            throw own + bytes > ownMax ? beyondAll(ownMax) : beyondOthers();
        }

        private static ApiException beyondAll(long ownMax) {
            return new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The provided payload takes more memory than one in JSON may have on this pod"
                            + " ("
                            + ownMax
                            + " bytes of `server.json_memory_bytes`). Send it in several parts.");
        }

        private static ApiException beyondOthers() {
            return new ApiException(
                    ErrorCode.MIROIR_OVERLOADED,
                    "The payloads in JSON that this pod works on take as much memory as they may"
                            + " (`server.json_memory_bytes`). Nothing was changed: send it again"
                            + " later.");
        }

        @Override
        public void close() {
            give(own, large ? own : 0);
            own = 0;
        }
    }
}
