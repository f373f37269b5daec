package io.miroir.store.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.TaskStore;
import io.miroir.store.ratelimit.LeasedLimiter.Rule;
import io.miroir.store.ratelimit.LeasedLimiter.Verdict;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests cost no log entry, and a limit is exceeded by no more than is said. */
class LeasedLimiterTest {
    private static final int TOKENS = 60;
    private static final int PODS = 3;
    private static final long WINDOW = 60_000_000;

    @SuppressWarnings("NullAway.Init")
    private TaskStore store;

    @BeforeEach
    void open(@TempDir Path dir) {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-a", dir),
                        () -> Instant.parse("2026-01-01T00:00:00Z"),
                        new CollectorRegistry(),
                        failure -> {
                            throw new AssertionError("the store failed", failure);
                        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void podsTogetherExceedALimitByAtMostTheirFreeRequests() {
        for (int free : new int[] {0, 1, 5}) {
            for (long seed = 0; seed < 5; seed++) {
                Random random = new Random(seed);
                List<LeasedLimiter> pods = pods(free);
                String address = "10.0." + free + "." + seed;
                int allowed = 0;
                for (int request = 0; request < 2_000; request++) {
                    LeasedLimiter pod = pods.get(random.nextInt(PODS));
                    if (pod.take(address) instanceof Verdict.Allowed) {
                        allowed++;
                    }
                    if (random.nextInt(20) == 0) {
                        pods.get(random.nextInt(PODS)).flush();
                    }
                }
                assertTrue(
                        allowed <= TOKENS + PODS * free,
                        allowed + " requests with " + free + " free, seed " + seed);
                assertTrue(allowed >= TOKENS / 2, "only " + allowed + " passed, seed " + seed);
                assertInstanceOf(Verdict.Denied.class, afterFlush(pods.getFirst(), address));
            }
        }
    }

    @Test
    void entriesOfTheLogAreCountedByFlushesNotByRequests() {
        LeasedLimiter pod = pods(5).getFirst();
        assertEquals(0, pod.flush());
        long before = store.status().appliedIndex();
        for (int request = 0; request < 10_000; request++) {
            pod.take("10.1.0." + request % 200);
        }
        assertEquals(before, store.status().appliedIndex());
        assertEquals(200, pod.flush());
        assertEquals(before + 1, store.status().appliedIndex());
    }

    @Test
    void aWindowThatIsOverBeginsAnew() {
        AtomicLong ahead = new AtomicLong();
        LeasedLimiter pod =
                new LeasedLimiter(
                        store.rateLimits(),
                        () -> store.nowMicros() + ahead.get(),
                        rule(RateScope.SEARCH_UI, 2, 1_000));
        for (int request = 0; request < 3 * TOKENS; request++) {
            pod.take("10.2.0.1");
            pod.flush();
        }
        Verdict.Denied denied = assertInstanceOf(Verdict.Denied.class, pod.take("10.2.0.1"));
        assertTrue(denied.untilMicros() <= store.nowMicros() + WINDOW);
        ahead.set(WINDOW);
        assertInstanceOf(Verdict.Allowed.class, pod.take("10.2.0.1"));
    }

    @Test
    void aFloodOfAddressesSharesOnePurse() {
        LeasedLimiter pod =
                new LeasedLimiter(
                        store.rateLimits(), store::nowMicros, rule(RateScope.SEARCH_UI, 1, 10));
        int allowed = 0;
        for (int request = 0; request < 1_000; request++) {
            if (pod.take("flood-" + request) instanceof Verdict.Allowed) {
                allowed++;
            }
        }
        assertEquals(11, allowed, "ten of their own, one shared");
    }

    @Test
    void aLoginThatIsHeldBackIsDeniedUntilThen() {
        for (int i = 0; i < RateLimits.FAILURES_BEFORE_BACKOFF; i++) {
            store.rateLimits().login("10.3.0.1", false).orThrow();
        }
        LeasedLimiter pod =
                new LeasedLimiter(
                        store.rateLimits(), store::nowMicros, rule(RateScope.ADMIN_LOGIN, 0, 100));
        assertInstanceOf(Verdict.Pending.class, pod.take("10.3.0.1"));
        pod.flush();
        Verdict.Denied denied = assertInstanceOf(Verdict.Denied.class, pod.take("10.3.0.1"));
        assertTrue(denied.untilMicros() > store.nowMicros() + WINDOW);
        assertInstanceOf(Verdict.Allowed.class, afterFlush(pod, "10.3.0.2"));
    }

    private static Verdict afterFlush(LeasedLimiter pod, String address) {
        pod.take(address);
        pod.flush();
        return pod.take(address);
    }

    private List<LeasedLimiter> pods(int free) {
        List<LeasedLimiter> pods = new ArrayList<>();
        for (int i = 0; i < PODS; i++) {
            pods.add(
                    new LeasedLimiter(
                            store.rateLimits(),
                            store::nowMicros,
                            rule(RateScope.SEARCH_UI, free, 1_000)));
        }
        return pods;
    }

    private static Rule rule(RateScope scope, int free, int addresses) {
        return new Rule(scope, TOKENS, WINDOW, free, addresses);
    }
}
