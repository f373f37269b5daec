package io.miroir.capability.partitioned.drop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.miroir.Catalogue;
import io.miroir.Intercepted;
import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.lane.DropJobs;
import io.miroir.fanout.lane.LaneHolder;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.Jobs;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes that were deleted, and nodes that have them still. */
class IndexDropTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final NodeRequest PROBE =
            NodeRequest.get("health", "/health", Duration.ofSeconds(1));

    /** Of an index that the catalogue does not have. */
    private static final long GONE = 70;

    @TempDir Path directory;

    /** The store's time goes by it. */
    private final AtomicLong nanos = new AtomicLong();

    private final CollectorRegistry registry = new CollectorRegistry();
    private final KeepingNode a = new KeepingNode();
    private final KeepingNode b = new KeepingNode();
    private final NodeHealth health =
            new NodeHealth(
                    List.of("a", "b"),
                    new HealthState.Thresholds(1, 1),
                    InstantSource.system(),
                    _ -> {});
    private SqliteTaskStore store;
    private ClusterView view;
    private Catalogue catalogue;
    private IndexDrop drop;

    @BeforeEach
    void open() {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        nanos::get,
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"), List.of("b"))));
        view.start();
        catalogue = new Catalogue(store, view);
        answers("a");
        answers("b");
        drop = new IndexDrop(over(Map.of("a", a, "b", b)), new DropMetrics(registry));
    }

    @AfterEach
    void close() {
        view.close();
        store.close();
    }

    private CopyContext over(Map<String, NodeClient> nodes) {
        LaneHolder nobody =
                Intercepted.by(
                        LaneHolder.class,
                        (_, method, _) -> {
                            throw new IllegalStateException(method.getName());
                        });
        Holds holds = new Holds(PATIENCE, nanos::get, _ -> {});
        Nodes asked = Nodes.over(new HashMap<>(nodes), (_, _, _, _) -> {});
        return new CopyContext("p", store, view, asked, health, nobody, holds);
    }

    private void answers(String id) {
        health.replied(id, PROBE, new NodeReply.Answer(200, Json.object()), 1);
    }

    private void isDown(String id) {
        health.replied(id, PROBE, new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, ""), 1);
        assertEquals(HealthState.Status.DOWN, health.status(id));
    }

    private void goesBy(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void step() {
        goesBy(PAUSE);
        drop.step(_ -> true);
    }

    private List<JobRow> jobs() {
        return store.jobs().list(ReadLevel.LOCAL, null, Jobs.LIST_LIMIT_MAX);
    }

    private double sent() {
        return registry.getSampleValue("miroir_index_drops_sent_total");
    }

    private double waiting() {
        return registry.getSampleValue("miroir_index_drops_waiting");
    }

    /**
     * Shows: a node that was down drops the index when it is back; until then it is not asked, and
     * no attempt is made that can change nothing; it is told once, and the job leaves no row.
     */
    @Test
    void aNodeThatWasDownDropsWhatWasDeleted() {
        isDown("b");
        a.there = false;
        DropJobs.note(store, GONE, false);
        for (int i = 0; i < 20; i++) {
            step();
        }
        assertEquals(1, jobs().getFirst().attempts());
        assertEquals(0, b.asked);
        int askedOfA = a.asked;
        assertEquals(1, waiting());

        answers("b");
        step();
        step();
        assertEquals(1, b.deletions);
        assertEquals(1, jobs().size());
        b.work();
        step();
        step();
        assertFalse(b.there);
        assertEquals(List.of(), jobs());
        assertEquals(0, waiting());
        assertEquals(1, sent());
        assertEquals(askedOfA, a.asked, "what is gone from it is known");
    }

    /** Shows: what the catalogue has stays, though whoever was to delete it took note before. */
    @Test
    void whatTheCatalogueHasStays() throws Exception {
        long epoch = catalogue.claim("i");
        long incarnation = catalogue.create("i", epoch);
        DropJobs.note(store, incarnation, false);
        step();
        assertEquals(0, a.asked + b.asked);
        // Nobody deleted it for long: it is to stay.
        for (int i = 0; i < 20; i++) {
            step();
        }
        assertEquals(List.of(), jobs());
        DropJobs.note(store, incarnation, false);
        step();
        assertEquals(0, a.asked + b.asked);
        catalogue.affect("i", epoch, new IndexEffect.Deleted(incarnation));
        step();
        step();
        assertEquals(2, sent());
    }

    /**
     * Shows: an index of the same name that is made again has another number, and is left alone.
     */
    @Test
    void whatIsMadeAnewUnderTheNameStays() throws Exception {
        long epoch = catalogue.claim("i");
        long first = catalogue.create("i", epoch);
        DropJobs.note(store, first, false);
        catalogue.affect("i", epoch, new IndexEffect.Deleted(first));
        long second = catalogue.create("i", epoch);
        catalogue.affect("i", epoch, new IndexEffect.Renamed(second, "j"));
        step();
        assertEquals(2, sent());
        a.work();
        b.work();
        step();
        assertEquals(List.of(), jobs());
        a.create();
        b.create();
        a.work();
        b.work();
        DropJobs.note(store, second, false);
        step();
        step();
        assertEquals(2, sent());
    }

    /** Shows: nobody waits for a node that the cluster does not have any more. */
    @Test
    void aNodeThatLeftIsNotWaitedFor() {
        isDown("b");
        a.there = false;
        DropJobs.note(store, GONE, false);
        step();
        assertEquals(1, jobs().size());
        drop = new IndexDrop(over(Map.of("a", a)), new DropMetrics(new CollectorRegistry()));
        step();
        assertEquals(List.of(), jobs());
        assertEquals(0, b.asked);
    }

    /** Shows: a request that may still come is waited for before it is looked. */
    @Test
    void whatMayComeLateIsWaitedFor() {
        a.there = false;
        b.there = false;
        DropJobs.note(store, GONE, true);
        step();
        assertEquals(0, a.asked);
        a.create();
        a.work();
        step();
        step();
        assertEquals(1, a.deletions);
    }

    /** Shows: a task that makes the index and has not ended is not taken for none. */
    @Test
    void whatANodeIsStillToMakeIsDropped() {
        a.there = false;
        a.create();
        b.there = false;
        DropJobs.note(store, GONE, false);
        step();
        assertEquals(1, a.deletions);
        a.work();
        step();
        assertEquals(1, a.deletions);
        a.work();
        step();
        step();
        assertEquals(List.of(), jobs());
        assertFalse(a.there);
    }

    /** Shows: one node that does not answer keeps no other one from being told. */
    @Test
    void aNodeThatIsSilentHoldsNobodyUp() {
        a.silent = true;
        DropJobs.note(store, GONE, false);
        step();
        assertEquals(1, b.deletions);
        assertEquals(1, jobs().size());
    }

    /** Shows: only one pod does it. */
    @Test
    void whatIsAnotherPodsIsLeftToIt() {
        DropJobs.note(store, GONE, false);
        goesBy(PAUSE);
        drop.step(_ -> false);
        assertEquals(0, a.asked + b.asked);
        assertEquals(1, waiting());
    }
}
