package io.miroir.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.Wanted;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has a view lease, and who waits for whom (protocol, rule 9). The test is the clock. */
class ViewLeaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path directory;

    private final AtomicLong nanos = new AtomicLong(1);
    private volatile boolean quorum = true;

    /** Those who wait for the store to apply more. */
    private final AtomicInteger wanted = new AtomicInteger();

    private TaskStore store;
    private ClusterView view;
    private ViewLease lease;

    /** One other pod, as far as this one can see it; each question takes half a second. */
    private final class Other implements Reports.Others {
        private final List<Long> asked = new CopyOnWriteArrayList<>();
        private volatile boolean live = true;
        private final AtomicInteger refusals = new AtomicInteger();

        @Override
        public List<String> ids() {
            return List.of("other");
        }

        @Override
        public boolean live(String podId) {
            return live;
        }

        @Override
        public boolean applied(String podId, long index, Duration timeout) {
            asked.add(index);
            nanos.addAndGet(timeout.toNanos());
            return live && refusals.getAndDecrement() <= 0;
        }
    }

    private final Other other = new Other();
    private Reports reports;

    @BeforeEach
    void open() {
        TaskStore real =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        store =
                (TaskStore)
                        Proxy.newProxyInstance(
                                TaskStore.class.getClassLoader(),
                                new Class<?>[] {TaskStore.class},
                                (_, method, args) -> {
                                    if (method.getName().equals("barrier") && !quorum) {
                                        return new Reply.Refused<>(new Refusal.Unavailable("no"));
                                    }
                                    if (method.getName().equals("want")) {
                                        wanted.incrementAndGet();
                                        return (Wanted) wanted::decrementAndGet;
                                    }
                                    try {
                                        return method.invoke(real, args);
                                    } catch (InvocationTargetException thrown) {
                                        throw thrown.getCause();
                                    }
                                });
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"))));
        view.start();
        lease = new ViewLease("p", store, view, nanos::get);
        reports = new Reports("p", store, view, other, nanos::get);
    }

    @AfterEach
    void close() {
        view.close();
        store.close();
    }

    private void command() {
        store.leases().take("some:duty", "p", 1_000_000).orThrow();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aLeaseRunsOutUnlessTheLogAnswers() throws Exception {
        assertFalse(lease.valid());
        assertTrue(lease.renew());
        assertTrue(lease.valid());
        pass(ViewLease.LENGTH.minusMillis(1));
        assertTrue(lease.valid());
        quorum = false;
        assertFalse(lease.renew());
        pass(Duration.ofMillis(1));
        assertFalse(lease.valid());
        quorum = true;
        assertTrue(lease.renew());
        assertTrue(lease.valid());
    }

    /** Others told without waiting for it: it must say that it is back before its reads count. */
    @Test
    void aPodWithALapseTakesItAwayBeforeItHasALease() throws Exception {
        new Lapses(store).record("p", "other");
        assertFalse(lease.renew());
        assertFalse(lease.valid());
        assertTrue(new Lapses(store).of("p").isEmpty());
        assertTrue(lease.renew());
    }

    /** Its store applies at its leisure what nobody waits for. */
    @Test
    void aPodThatIsAskedWhatItHasAppliedSaysSoToItsStore() throws Exception {
        long next = store.status().appliedIndex() + 1;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> asked = threads.submit(() -> view.await(next, PATIENCE));
            while (wanted.get() == 0 && !asked.isDone()) {
                Thread.onSpinWait();
            }
            assertEquals(1, wanted.get());
            command();
            assertTrue(asked.get());
            assertEquals(0, wanted.get());
        }
    }

    @Test
    void nothingIsToldBeforeTheOthersHaveAppliedIt() throws Exception {
        command();
        other.refusals.set(2);
        reports.awaitTold();
        long applied = store.status().appliedIndex();
        assertEquals(List.of(applied, applied, applied), other.asked);
        reports.awaitTold();
        assertEquals(3, other.asked.size(), "what was told once is not asked for again");
        assertTrue(view.appliedIndex() >= applied);
        command();
        reports.awaitTold();
        assertEquals(applied + 1, other.asked.getLast());
    }

    /** A pod that is slow but there is waited for as long as it can have a lease, and no longer. */
    @Test
    void aPodThatAppliesNothingIsWaitedForAsLongAsALeaseLasts() throws Exception {
        command();
        other.refusals.set(Integer.MAX_VALUE);
        long before = nanos.get();
        reports.awaitTold();
        assertTrue(nanos.get() - before >= Reports.WAIT_MAX.toNanos());
        assertTrue(new Lapses(store).of("other").isEmpty(), "it is there");
    }

    /** A lost pod costs one wait, not one for each task. */
    @Test
    void aLostPodIsWaitedForOnceAndAgainWhenItIsBack() throws Exception {
        command();
        other.live = false;
        reports.awaitTold();
        Lapses lapses = new Lapses(store);
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (lapses.of("other").isEmpty()) {
            assertTrue(System.nanoTime() < giveUpNanos, "the lapse is not recorded");
            Thread.sleep(10);
        }
        // Known now: it may have a lease from before, until that has run out.
        List<Long> asked = new ArrayList<>(other.asked);
        reports.awaitTold();
        assertTrue(other.asked.size() > asked.size());
        pass(Reports.WAIT_MAX);
        int before = other.asked.size();
        command();
        reports.awaitTold();
        assertEquals(before, other.asked.size(), "it is known to have no lease");

        other.live = true;
        lapses.end("other");
        reports.awaitTold();
        assertEquals(before + 1, other.asked.size());
    }
}
