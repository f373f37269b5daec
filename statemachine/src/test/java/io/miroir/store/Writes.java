package io.miroir.store;

import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands of a document write, as tests need them. */
public final class Writes {
    public static final String BODY = "ab".repeat(32);

    private Writes() {}

    public static long claim(Rooms store, String lane, String podId) {
        Lanes.Claim claim = store.lanes().claim(lane, podId).orThrow();
        return ((Lanes.Claim.Claimed) claim).epoch();
    }

    public static Intend intend(String lane, long epoch, @Nullable String key) {
        return intend(lane, epoch, key, Intend.ALLOT);
    }

    public static Intend intend(String lane, long epoch, long incarnation) {
        return intend(lane, epoch, null, incarnation);
    }

    private static Intend intend(String lane, long epoch, @Nullable String key, long incarnation) {
        return new Intend(
                lane,
                epoch,
                "documentAdditionOrUpdate",
                lane,
                BODY,
                key,
                key == null ? 0 : 3_600_000_000L,
                null,
                incarnation,
                List.of("node-0", "node-1"),
                List.of(1, 3));
    }

    public static Lanes.Intention.Intended intended(Rooms store, Intend intend) {
        return (Lanes.Intention.Intended) store.lanes().intend(intend).orThrow();
    }

    public static Bind bind(
            String lane,
            long epoch,
            long position,
            Map<String, String> missed,
            List<IndexEffect> effects) {
        return new Bind(
                lane,
                epoch,
                position,
                TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                "{\"receivedDocuments\":1}",
                Map.of("node-0", 7L),
                Map.of(),
                missed,
                Map.of(),
                null,
                null,
                effects,
                null);
    }

    /** The same, whose session is pinned to a group. */
    static Bind pinned(Bind bind, @Nullable Integer group) {
        return new Bind(
                bind.lane(),
                bind.epoch(),
                bind.position(),
                bind.type(),
                bind.detailsJson(),
                bind.accepted(),
                bind.counted(),
                bind.missed(),
                bind.missedShards(),
                bind.terminal(),
                bind.errorJson(),
                bind.effects(),
                group);
    }

    /** A write from intent to task. */
    public static long write(Rooms store, String lane, long epoch) {
        long incarnation =
                store.indexes()
                        .get(ReadLevel.LINEARIZABLE, lane)
                        .map(IndexRow::incarnation)
                        .orElse(Intend.ALLOT);
        Lanes.Intention.Intended intended = intended(store, intend(lane, epoch, incarnation));
        Bind bind = bind(lane, epoch, intended.position(), Map.of(), List.of());
        return ((Lanes.Binding.Bound) store.lanes().bind(bind).orThrow()).taskUid();
    }

    public static IndexEffect.Created created(String uid, long incarnation, String... nodes) {
        List<ReplicaRow> replicas = new ArrayList<>();
        for (String node : nodes) {
            replicas.add(
                    new ReplicaRow(incarnation, node, ShardStates.all(4, ShardState.IN_SYNC), 0));
        }
        return new IndexEffect.Created(uid, incarnation, "id", 4, "{}", replicas);
    }
}
