package io.miroir.capability.stateless.session;

import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.store.task.TaskRow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Whom a read may ask that must see writes. Decides; asks nobody. */
final class PinPlan {
    private PinPlan() {}

    /**
     * Whether a read of an index must look at a task: one of a name that stands for another index
     * by now, or for none, has nothing to show any more.
     */
    static boolean concerns(TaskRow task, IndexView index) {
        String uid = index.row().uid();
        TaskRow.Origin origin = task.origin();
        if (task.names().contains(uid)) {
            return true;
        }
        return uid.equals(task.indexUid())
                && (origin == null || origin.incarnation() == index.row().incarnation());
    }

    /**
     * Whether a read that leaves these nodes out lacks nothing that it could have by waiting for
     * them.
     *
     * @param behind nodes that have not applied what the read must see
     * @param alive which nodes answer, as far as is known
     */
    static boolean mayAsk(IndexView index, Set<String> behind, Predicate<String> alive) {
        for (int shard = 0; shard < index.topology().shards(); shard++) {
            boolean has = false;
            boolean comes = false;
            for (String node : index.topology().writeTargets(shard)) {
                if (index.state(node, shard) == ReplicaState.IN_SYNC) {
                    comes |= behind.contains(node);
                    has |= !behind.contains(node) && alive.test(node);
                }
            }
            if (comes && !has) {
                return false;
            }
        }
        return true;
    }

    /**
     * The nodes that a read pinned to a group leaves out; none if the group can't answer alone, for
     * then the pin is void.
     */
    static Set<String> outside(IndexView index, int group, Predicate<String> alive) {
        List<List<String>> groups = index.topology().groups();
        if (group >= groups.size()) {
            return Set.of();
        }
        for (int shard = 0; shard < index.topology().shards(); shard++) {
            int held = shard;
            boolean has =
                    index.topology().assign(shard, group).stream()
                            .anyMatch(
                                    node ->
                                            alive.test(node)
                                                    && index.state(node, held)
                                                            == ReplicaState.IN_SYNC);
            if (!has) {
                return Set.of();
            }
        }
        Set<String> others = new HashSet<>(index.topology().nodes());
        others.removeAll(groups.get(group));
        return others;
    }
}
