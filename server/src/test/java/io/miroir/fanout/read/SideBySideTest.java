package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    /** Shows: however many parts there are, so many run at a time, and all are done in order. */
    @Test
    void partsRunAFewAtATime() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(SideBySide.AT_A_TIME_MAX);
        List<Supplier<Integer>> parts =
                IntStream.range(0, 10 * SideBySide.AT_A_TIME_MAX)
                        .<Supplier<Integer>>mapToObj(
                                i ->
                                        () -> {
                                            int now = running.incrementAndGet();
                                            most.accumulateAndGet(now, Math::max);
                                            await(together);
                                            running.decrementAndGet();
                                            return i;
                                        })
                        .toList();
        assertEquals(IntStream.range(0, parts.size()).boxed().toList(), SideBySide.all(parts));
        assertTrue(most.get() <= SideBySide.AT_A_TIME_MAX, most::toString);
    }

    private static void await(CyclicBarrier others) {
        try {
            others.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
            throw new AssertionError("fewer run at a time", alone);
        }
    }
}
