package io.miroir.fanout.lane;

import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which replicas are read, and the marks of those that must not be any more. */
final class Replicated {
    private static final Logger LOG = LoggerFactory.getLogger(Replicated.class);
    private static final int TRIES_MAX = 10;

    private final TaskStore store;

    Replicated(TaskStore store) {
        this.store = store;
    }

    /** For each of these nodes the shards that it holds in sync. */
    static Map<String, ShardSet> inSync(IndexView index, Collection<String> nodes) {
        ShardSet all = ShardSet.all(index.topology().shards());
        Map<String, ShardSet> held = new TreeMap<>();
        for (String node : nodes) {
            List<Integer> shards = new ArrayList<>();
            all.stream()
                    .filter(shard -> index.state(node, shard) == ReplicaState.IN_SYNC)
                    .forEach(shards::add);
            held.put(node, ShardSet.of(shards));
        }
        return held;
    }

    /** Whether any replica of an index is being copied to. */
    static boolean anyLags(IndexView index) {
        ShardSet all = ShardSet.all(index.topology().shards());
        return index.topology().nodes().stream()
                .anyMatch(
                        node ->
                                all.stream()
                                        .anyMatch(
                                                shard ->
                                                        index.state(node, shard)
                                                                == ReplicaState.LAGGING));
    }

    /**
     * Puts out what differs from the replicas that go on being read. Decided on those that are in
     * sync when it is marked: of those that were, others may have gone out since, and the one that
     * is left is right whatever it has.
     *
     * @param replicas for each node the shards that it held in sync
     * @param has what each of these nodes has
     * @param under who runs the lane, and has found it
     * @return false if that is another by now, who finds it by itself: nothing is marked
     */
    boolean putOutDiverging(
            long incarnation,
            Map<String, ShardSet> replicas,
            Map<String, Divergence.Has> has,
            LaneRun under) {
        return mark(
                incarnation,
                rows -> Divergence.of(stillInSync(replicas, rows), has),
                rows -> store.replicas().markDiverged(rows, under));
    }

    /**
     * The same by a pod that ran the lane, of what it alone knows: no epoch lets it, and however
     * late it comes it does no harm. What it puts out was in sync with what it leaves, whose copy
     * is right; each write is told of once; and a shard keeps a replica (ADR 0022).
     */
    void putOutDivergingLate(
            long incarnation, Map<String, ShardSet> replicas, Map<String, Divergence.Has> has) {
        boolean _ =
                mark(
                        incarnation,
                        rows -> Divergence.of(stillInSync(replicas, rows), has),
                        store.replicas()::markDiverged);
    }

    /**
     * Puts a node's replicas out that it has lost, the last of a shard too: nobody has it. Whoever
     * finds it at the same time marks the same.
     *
     * @param topologyVersion by which the node is still who it was
     * @return false if the topology is another by now: to be looked at again
     * @throws StoreUnavailableException also if the row changes again and again
     */
    boolean putOutLost(long incarnation, String nodeId, long topologyVersion) {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            List<ReplicaRow> lost =
                    store.replicas()
                            .get(ReadLevel.LINEARIZABLE, incarnation, nodeId)
                            .map(row -> marked(List.of(row), Map.of(nodeId, all(row))))
                            .orElse(List.of());
            if (lost.isEmpty()) {
                return true;
            }
            switch (store.replicas().markLost(lost, topologyVersion).orThrow()) {
                case Mark.Marked _ -> {
                    return true;
                }
                case Mark.StatesChanged _, Mark.Fenced _ -> {
                    return false;
                }
                case Mark.Changed _, Mark.Full _ -> {}
            }
        }
        throw new StoreUnavailableException(
                new Refusal.Unavailable("replicas of m" + incarnation + " change again and again"));
    }

    private static ShardSet all(ReplicaRow row) {
        return ShardSet.all(row.states().shards());
    }

    private boolean mark(
            long incarnation,
            Function<List<ReplicaRow>, Map<String, ShardSet>> decide,
            Function<List<ReplicaRow>, Reply<Mark>> command) {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            // This pod may lag behind: decided on its own rows, it would be refused again.
            List<ReplicaRow> rows = store.replicas().of(ReadLevel.LINEARIZABLE, incarnation);
            Map<String, ShardSet> out = decide.apply(rows);
            List<ReplicaRow> marked = marked(rows, out);
            if (marked.isEmpty()) {
                return true;
            }
            LOG.warn("these shards of index m{} are to be out: {}", incarnation, out);
            switch (command.apply(marked).orThrow()) {
                case Mark.Marked _ -> {
                    return true;
                }
                case Mark.Fenced _ -> {
                    return false;
                }
                case Mark.Changed _, Mark.Full _, Mark.StatesChanged _ -> {}
            }
        }
        throw new IllegalStateException(
                "replicas of m" + incarnation + " change faster than marks");
    }

    private static Map<String, ShardSet> stillInSync(
            Map<String, ShardSet> replicas, List<ReplicaRow> rows) {
        Map<String, ShardSet> still = new TreeMap<>();
        for (ReplicaRow row : rows) {
            ShardSet held = replicas.getOrDefault(row.nodeId(), ShardSet.none());
            List<Integer> kept =
                    held.stream()
                            .filter(shard -> row.states().get(shard) == ShardState.IN_SYNC)
                            .boxed()
                            .toList();
            still.put(row.nodeId(), ShardSet.of(kept));
        }
        return still;
    }

    /** The rows that change, with their new states. */
    private static List<ReplicaRow> marked(List<ReplicaRow> rows, Map<String, ShardSet> out) {
        List<ReplicaRow> marked = new ArrayList<>();
        for (ReplicaRow row : rows) {
            ShardStates states = row.states();
            ShardSet shards = out.getOrDefault(row.nodeId(), ShardSet.none());
            for (var shard = shards.iterator(); shard.hasNext(); ) {
                int next = shard.nextInt();
                if (states.get(next).isKept()) {
                    states = states.with(next, ShardState.OUT);
                }
            }
            if (!states.equals(row.states())) {
                marked.add(new ReplicaRow(row.incarnation(), row.nodeId(), states, row.version()));
            }
        }
        return marked;
    }
}
