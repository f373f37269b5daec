package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Queries of one request: how many, how many at a time, and for how long. */
class QueryBatchTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Enough for a query that is fast, on a busy machine too. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    @Test
    void tooManyQueriesAreRefused() {
        QueryBatch.Limits limits = new QueryBatch.Limits(2, LONG, LONG);
        limits.check(2);
        ApiException refused = assertThrows(ApiException.class, () -> limits.check(3));
        assertEquals(ErrorCode.MIROIR_TOO_MANY_QUERIES, refused.code());
        assertEquals(400, refused.status());
    }

    @Test
    void onlySoManyRunAtATime() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int queries = 5 * QueryBatch.AT_A_TIME_MAX;
        List<Future<Integer>> ran =
                new QueryBatch(new QueryBatch.Limits(queries, LONG, LONG))
                        .run(
                                queries,
                                position ->
                                        () -> {
                                            most.accumulateAndGet(
                                                    running.incrementAndGet(), Math::max);
                                            running.decrementAndGet();
                                            return position;
                                        });
        for (int position = 0; position < queries; position++) {
            assertEquals(position, ran.get(position).get(), "in the order of the request");
        }
        assertTrue(most.get() <= QueryBatch.AT_A_TIME_MAX, most + " at a time");
    }

    /** A slow query ends alone: the others have their answers. */
    @Test
    void aQueryThatTakesTooLongIsStopped() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        List<Future<String>> ran =
                new QueryBatch(new QueryBatch.Limits(2, LONG, SHORT))
                        .run(
                                2,
                                position ->
                                        () -> {
                                            if (position == 0) {
                                                return "fast";
                                            }
                                            try {
                                                never.await();
                                            } catch (InterruptedException interrupted) {
                                                stopped.countDown();
                                            }
                                            return "slow";
                                        });
        assertEquals("fast", ran.getFirst().get());
        assertEquals("The query took longer than 3000 ms.", refusal(ran.getLast()).text());
        assertEquals(0, stopped.getCount());
    }

    @Test
    void allTogetherHaveTheirTimeToo() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        List<Future<Boolean>> ran =
                new QueryBatch(new QueryBatch.Limits(40, SHORT, LONG))
                        .run(
                                40,
                                _ ->
                                        () -> {
                                            never.await();
                                            return true;
                                        });
        for (Future<Boolean> one : ran) {
            ApiException refused = refusal(one);
            assertEquals(ErrorCode.MIROIR_QUERY_TIMEOUT, refused.code());
            assertEquals(504, refused.status());
            assertTrue(refused.text().contains("together"), refused.text());
        }
    }

    @Test
    void whatAQueryIsRefusedForIsTold() throws Exception {
        List<Future<Integer>> ran =
                new QueryBatch(new QueryBatch.Limits(1, LONG, LONG))
                        .run(
                                1,
                                _ ->
                                        () -> {
                                            throw new ApiException(
                                                    ErrorCode.INVALID_SEARCH_FILTER, "no");
                                        });
        assertEquals(ErrorCode.INVALID_SEARCH_FILTER, refusal(ran.getFirst()).code());
    }

    private static ApiException refusal(Future<?> query) {
        ExecutionException failed = assertThrows(ExecutionException.class, query::get);
        return assertInstanceOf(ApiException.class, Objects.requireNonNull(failed.getCause()));
    }
}
