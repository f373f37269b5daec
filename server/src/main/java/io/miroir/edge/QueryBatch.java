package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.config.MultiSearchConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** The queries of one multi-search, side by side, each and all within their time. */
final class QueryBatch {
    /** Queries of one request that run at a time; the others wait. */
    static final int AT_A_TIME_MAX = 16;

    private final Limits limits;
    private final long deadlineNanos;

    /**
     * What one request may ask.
     *
     * @param queriesMax queries in it
     * @param totalTimeout for all of them
     * @param queryTimeout for one
     */
    record Limits(int queriesMax, Duration totalTimeout, Duration queryTimeout) {
        static Limits of(MultiSearchConfig config) {
            return new Limits(
                    config.maxQueriesPerBatch(),
                    Duration.ofMillis(config.totalTimeoutMs()),
                    Duration.ofMillis(config.perQueryTimeoutMs()));
        }

        void check(int queries) {
            if (queries > queriesMax) {
                throw new ApiException(
                        ErrorCode.MIROIR_TOO_MANY_QUERIES,
                        "A request may have at most %d queries, but has %d."
                                .formatted(queriesMax, queries));
            }
        }
    }

    /** Its time begins. */
    QueryBatch(Limits limits) {
        this.limits = limits;
        this.deadlineNanos = System.nanoTime() + limits.totalTimeout().toNanos();
    }

    /**
     * Runs queries.
     *
     * @param query makes the query at a position
     * @return for each position what it gave, or why it gave nothing
     */
    <T> List<Future<T>> run(int count, IntFunction<Callable<T>> query) throws InterruptedException {
        List<Future<T>> ran = new ArrayList<>(count);
        Semaphore slots = new Semaphore(AT_A_TIME_MAX);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int position = 0; position < count; position++) {
                Callable<T> one = query.apply(position);
                slots.acquire();
                ran.add(
                        threads.submit(
                                () -> {
                                    try {
                                        return inTime(one);
                                    } finally {
                                        slots.release();
                                    }
                                }));
            }
        }
        return ran;
    }

    /** Runs one query, on a thread that is stopped when its time is over. */
    <T> T inTime(Callable<T> query) throws Exception {
        long leftNanos = deadlineNanos - System.nanoTime();
        long ownNanos = limits.queryTimeout().toNanos();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<T> running = thread.submit(query);
            try {
                return running.get(
                        Math.max(0, Math.min(leftNanos, ownNanos)), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                running.cancel(true);
                throw new ApiException(
                        ErrorCode.MIROIR_QUERY_TIMEOUT,
                        leftNanos < ownNanos
                                ? "The request's queries took longer than %d ms together."
                                        .formatted(limits.totalTimeout().toMillis())
                                : "The query took longer than %d ms."
                                        .formatted(limits.queryTimeout().toMillis()));
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof ApiException refused) {
                    throw refused;
                }
                throw failed;
            }
        }
    }
}
