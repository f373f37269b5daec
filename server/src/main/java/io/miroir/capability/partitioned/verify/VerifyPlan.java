package io.miroir.capability.partitioned.verify;

import io.miroir.fanout.copy.ShardDigest;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which unverified replicas are believed (protocol rules 16 and 17): those that a majority
 * of a shard's copies agrees with. A shard of which any copy is in sync is left to repair: writes
 * go on there, and nothing that was read before them counts.
 *
 * @param rows the index's replicas with their new states; those that stay as they are are left out
 * @param undecided shards without a majority
 */
record VerifyPlan(List<ReplicaRow> rows, List<Integer> undecided) {

    /**
     * Decides.
     *
     * @param rows all replicas of one index
     * @param digests by node id, for each shard, from the nodes that answered
     */
    static VerifyPlan of(List<ReplicaRow> rows, Map<String, List<ShardDigest>> digests) {
        Map<String, ShardStates> next = new HashMap<>();
        rows.forEach(row -> next.put(row.nodeId(), row.states()));
        List<Integer> undecided = new ArrayList<>();
        int shards = rows.stream().mapToInt(row -> row.states().shards()).max().orElse(0);
        for (int shard = 0; shard < shards; shard++) {
            List<String> holders = unverified(rows, shard);
            if (holders.isEmpty()) {
                continue;
            }
            ShardDigest majority = majority(holders, shard, digests);
            if (majority == null) {
                undecided.add(shard);
                continue;
            }
            for (String node : holders) {
                List<ShardDigest> told = digests.get(node);
                ShardStates states = next.get(node);
                if (told != null && states != null) {
                    ShardState state =
                            told.get(shard).equals(majority) ? ShardState.IN_SYNC : ShardState.OUT;
                    next.put(node, states.with(shard, state));
                }
            }
        }
        List<ReplicaRow> changed = new ArrayList<>();
        for (ReplicaRow row : rows) {
            ShardStates states = next.getOrDefault(row.nodeId(), row.states());
            if (!states.equals(row.states())) {
                changed.add(new ReplicaRow(row.incarnation(), row.nodeId(), states, row.version()));
            }
        }
        return new VerifyPlan(changed, undecided);
    }

    /** The nodes that hold the shard, if none of them is vouched for. */
    private static List<String> unverified(List<ReplicaRow> rows, int shard) {
        List<String> holders = new ArrayList<>();
        for (ReplicaRow row : rows) {
            ShardState state =
                    shard < row.states().shards() ? row.states().get(shard) : ShardState.NOT_HELD;
            switch (state) {
                case UNVERIFIED -> holders.add(row.nodeId());
                case IN_SYNC -> {
                    return List.of();
                }
                case NOT_HELD, LAGGING, OUT, MOVING -> {}
            }
        }
        return holders;
    }

    private static @Nullable ShardDigest majority(
            List<String> holders, int shard, Map<String, List<ShardDigest>> digests) {
        Map<ShardDigest, Integer> votes = new HashMap<>();
        for (String node : holders) {
            List<ShardDigest> told = digests.get(node);
            if (told != null) {
                votes.merge(told.get(shard), 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .filter(vote -> vote.getValue() * 2 > holders.size())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
