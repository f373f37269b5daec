package io.miroir.bench.gate;

import io.miroir.bench.tools.Histogram;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/**
 * Load on a store from inside its pod: closed (each caller waits for its answer before it asks
 * again) or open (asked at a fixed rate, latency counted from when it should have been asked).
 */
final class Load {
    /** Few callers are platform threads: what blocks in a socket then wakes its caller itself. */
    private static final int PLATFORM_CALLERS_MAX = 16;

    /** Calls under way in an open loop; beyond it the loop is late, and latency says so. */
    private static final int OPEN_CALLS_MAX = 8_192;

    /** Callers that take turns there: rows of their own, as many as in the largest closed loop. */
    private static final int OPEN_CALLERS = 2_048;

    private Load() {}

    /**
     * What came of it.
     *
     * @param perSecond acknowledged operations
     * @param failed operations that were refused
     */
    record Result(double perSecond, double p50Micros, double p99Micros, long failed) {
        String text() {
            return perSecond + " " + p50Micros + " " + p99Micros + " " + failed;
        }

        static Result of(String text) {
            String[] parts = text.split(" ", -1);
            return new Result(
                    Double.parseDouble(parts[0]),
                    Double.parseDouble(parts[1]),
                    Double.parseDouble(parts[2]),
                    Long.parseLong(parts[3]));
        }
    }

    /** Closed loop of the given number of callers. */
    static Result closed(IntPredicate operation, int callers, long millis) {
        Histogram latencies = new Histogram();
        LongAdder failed = new LongAdder();
        long startNanos = System.nanoTime();
        long endNanos = startNanos + millis * 1_000_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            Runnable loop =
                    () -> {
                        for (long now = System.nanoTime(); now < endNanos; ) {
                            boolean done = operation.test(caller);
                            long after = System.nanoTime();
                            if (done) {
                                latencies.add(after - now);
                            } else {
                                failed.increment();
                            }
                            now = after;
                        }
                    };
            threads.add(
                    callers <= PLATFORM_CALLERS_MAX
                            ? Thread.ofPlatform().start(loop)
                            : Thread.ofVirtual().start(loop));
        }
        threads.forEach(Load::join);
        return result(latencies, failed, System.nanoTime() - startNanos);
    }

    /** Open loop at the given rate. */
    static Result open(IntPredicate operation, int perSecond, long millis) {
        Histogram latencies = new Histogram();
        LongAdder failed = new LongAdder();
        Semaphore room = new Semaphore(OPEN_CALLS_MAX);
        long startNanos = System.nanoTime();
        long calls = perSecond * millis / 1_000;
        for (int i = 0; i < calls; i++) {
            int call = i;
            long dueNanos = startNanos + call * 1_000_000_000L / perSecond;
            for (long left = dueNanos - System.nanoTime(); left > 0; ) {
                LockSupport.parkNanos(left);
                left = dueNanos - System.nanoTime();
            }
            room.acquireUninterruptibly();
            Thread.startVirtualThread(
                    () -> {
                        if (operation.test(call % OPEN_CALLERS)) {
                            latencies.add(System.nanoTime() - dueNanos);
                        } else {
                            failed.increment();
                        }
                        room.release();
                    });
        }
        room.acquireUninterruptibly(OPEN_CALLS_MAX);
        return result(latencies, failed, System.nanoTime() - startNanos);
    }

    private static Result result(Histogram latencies, LongAdder failed, long nanos) {
        return new Result(
                latencies.count() * 1e9 / nanos,
                latencies.micros(0.5),
                latencies.micros(0.99),
                failed.sum());
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }
}
