package io.miroir.store.replica;

import io.miroir.store.engine.Write;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas of an index are in sync while a command is applied. Pods decide on what they saw;
 * two decisions on different states, each of them right, could put the last replica out together.
 * An index without states is about to appear: nobody else can have decided on it.
 */
public final class InSync {
    private final List<ReplicaRow> rows;

    private InSync(List<ReplicaRow> rows) {
        this.rows = rows;
    }

    public static InSync of(Write write, long incarnation) {
        return new InSync(ReplicaReads.of(write.sql(), incarnation));
    }

    /** Whether the node has all these shards in sync. */
    public boolean holds(String nodeId, List<Integer> shards) {
        return rows.isEmpty()
                || rows.stream()
                        .filter(row -> row.nodeId().equals(nodeId))
                        .anyMatch(row -> shards.stream().allMatch(shard -> inSync(row, shard)));
    }

    /**
     * Whether each shard that has a replica in sync has one also after these marks.
     *
     * @param out for each node the shards that go out, empty for all
     */
    public boolean survives(Map<String, List<Integer>> out) {
        Map<String, Set<Integer>> shards = new HashMap<>();
        out.forEach((node, marked) -> shards.put(node, Set.copyOf(marked)));
        return survives(
                (row, shard) -> inSync(row, shard) && !marks(shards.get(row.nodeId()), shard));
    }

    /**
     * Whether each shard that has a replica in sync has one also after these marks.
     *
     * @param marked rows as they will be; those of other indexes count for nothing
     */
    public boolean survives(List<ReplicaRow> marked) {
        Map<String, ReplicaRow> next = new HashMap<>();
        rows.forEach(row -> next.put(row.nodeId(), row));
        for (ReplicaRow row : marked) {
            next.computeIfPresent(
                    row.nodeId(), (_, now) -> row.incarnation() == now.incarnation() ? row : now);
        }
        return survives((row, shard) -> inSync(next.getOrDefault(row.nodeId(), row), shard));
    }

    /**
     * Whether all replicas in sync of the shards that were taken took them too, or go out: another
     * one would be read without what these have.
     *
     * @param taken for each node the shards that it took
     * @param out for each node the shards that go out, empty for all
     */
    public boolean agree(Map<String, List<Integer>> taken, Map<String, List<Integer>> out) {
        if (rows.isEmpty()) {
            // Nothing bounds the numbers then, nor what a set of them takes.
            return true;
        }
        BitSet all = new BitSet();
        taken.values().forEach(shards -> shards.forEach(all::set));
        return rows.stream()
                .allMatch(
                        row ->
                                agrees(
                                        row,
                                        all,
                                        taken.getOrDefault(row.nodeId(), List.of()),
                                        out.get(row.nodeId())));
    }

    private static boolean agrees(
            ReplicaRow row, BitSet all, List<Integer> taken, @Nullable List<Integer> out) {
        if (out != null && out.isEmpty()) {
            return true;
        }
        BitSet others = BitSet.valueOf(all.toLongArray());
        taken.forEach(others::clear);
        if (out != null) {
            out.forEach(others::clear);
        }
        return others.stream().noneMatch(shard -> inSync(row, shard));
    }

    /** Whether a replica is in sync after what is judged. */
    private interface Keeps {
        boolean test(ReplicaRow row, int shard);
    }

    private boolean survives(Keeps keeps) {
        int shards = rows.stream().mapToInt(row -> row.states().shards()).max().orElse(0);
        for (int next = 0; next < shards; next++) {
            int shard = next;
            boolean had = rows.stream().anyMatch(row -> inSync(row, shard));
            if (had && rows.stream().noneMatch(row -> keeps.test(row, shard))) {
                return false;
            }
        }
        return true;
    }

    private static boolean marks(@Nullable Set<Integer> out, int shard) {
        return out != null && (out.isEmpty() || out.contains(shard));
    }

    private static boolean inSync(ReplicaRow row, int shard) {
        return shard < row.states().shards() && row.states().get(shard) == ShardState.IN_SYNC;
    }
}
