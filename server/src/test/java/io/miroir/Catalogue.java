package io.miroir;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.ClusterView;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Indexes that a test puts into a store without nodes. */
public final class Catalogue {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NO_BODY = "0".repeat(64);

    private final TaskStore store;
    private final ClusterView view;

    /** Of a store and what a pod sees of it. */
    public Catalogue(TaskStore store, ClusterView view) {
        this.store = store;
        this.view = view;
    }

    /** The epoch under which the pod "p" runs a lane from here on. */
    public long claim(String lane) throws InterruptedException {
        return ((Lanes.Claim.Claimed) seen(store.lanes().claim(lane, "p"))).epoch();
    }

    /** An index of four shards that nobody holds, and no client sees; answers its incarnation. */
    public long create(String lane, long epoch) throws InterruptedException {
        Intend intend =
                new Intend(
                        lane,
                        epoch,
                        "index_create",
                        lane,
                        NO_BODY,
                        null,
                        0,
                        null,
                        Intend.ALLOT,
                        List.of("a"),
                        List.of());
        var intended = (Lanes.Intention.Intended) seen(store.lanes().intend(intend));
        long incarnation = intended.incarnation();
        var effect = new IndexEffect.Created(lane, incarnation, "id", 4, "{}", List.of());
        seen(
                store.lanes()
                        .bind(
                                new Bind(
                                        lane,
                                        epoch,
                                        intended.position(),
                                        TaskType.INDEX_CREATION,
                                        "{}",
                                        Map.of(),
                                        Map.of(),
                                        Map.of(),
                                        Map.of(),
                                        TaskStatus.SUCCEEDED,
                                        null,
                                        List.of(effect),
                                        null)));
        return incarnation;
    }

    /** Clients see an index from here on. */
    public void show(String lane, long epoch, long incarnation) throws InterruptedException {
        affect(
                lane,
                epoch,
                new IndexEffect.SettingsCommitted(incarnation, "{}", List.of("a"), List.of()));
    }

    /** Something becomes of an index. */
    public void affect(String lane, long epoch, IndexEffect effect) throws InterruptedException {
        seen(store.lanes().affect(lane, epoch, List.of(effect)));
    }

    private <T> T seen(Reply<T> reply) throws InterruptedException {
        T outcome = reply.orThrow();
        assertTrue(view.await(((Reply.Applied<T>) reply).index(), PATIENCE));
        return outcome;
    }
}
