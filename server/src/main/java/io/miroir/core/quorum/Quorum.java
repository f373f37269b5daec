package io.miroir.core.quorum;

import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The two rules of a write: a group has a shard when {@code floor(RF/2) + 1} of its nodes took it,
 * and the write counts when at least one group has each of its shards. Asked before anything is
 * sent, of the nodes that could take it, and after, of those that did (protocol, rule 3).
 */
public final class Quorum {
    /** What the rules say of one write. */
    public sealed interface Verdict {}

    /**
     * The write counts.
     *
     * @param missed the groups that missed their quorum and for which shards; empty if none did
     */
    public record Met(Map<Integer, ShardSet> missed) implements Verdict {
        /** The first of so many groups that missed no quorum. */
        public OptionalInt firstWhole(int groups) {
            return IntStream.range(0, groups)
                    .filter(group -> !missed.containsKey(group))
                    .findFirst();
        }
    }

    /**
     * The write does not count.
     *
     * @param shards those that no group has
     */
    public record Lost(ShardSet shards) implements Verdict {}

    private Quorum() {}

    /** How many nodes of a group must take a shard. */
    public static int ofGroup(int replicationFactor) {
        return replicationFactor / 2 + 1;
    }

    /**
     * Judges a write.
     *
     * @param shards the shards that it has documents of
     * @param accepted what each node took (or could take)
     */
    public static Verdict judge(
            Topology topology, ShardSet shards, Map<String, ShardSet> accepted) {
        Map<Integer, List<Integer>> degraded = new TreeMap<>();
        List<Integer> lost = new ArrayList<>();
        int groups = topology.groups().size();
        shards.stream()
                .forEach(
                        shard -> {
                            int[] votes = votes(topology, shard, accepted);
                            int missed = 0;
                            for (int group = 0; group < groups; group++) {
                                if (votes[group] < ofGroup(topology.replicationFactor())) {
                                    degraded.computeIfAbsent(group, _ -> new ArrayList<>())
                                            .add(shard);
                                    missed++;
                                }
                            }
                            if (missed == groups) {
                                lost.add(shard);
                            }
                        });
        if (!lost.isEmpty()) {
            return new Lost(ShardSet.of(lost));
        }
        Map<Integer, ShardSet> missedByGroup = new TreeMap<>();
        degraded.forEach((group, missed) -> missedByGroup.put(group, ShardSet.of(missed)));
        return new Met(missedByGroup);
    }

    private static int[] votes(Topology topology, int shard, Map<String, ShardSet> accepted) {
        int[] votes = new int[topology.groups().size()];
        accepted.forEach(
                (node, taken) -> {
                    int group = topology.groupOf(node);
                    if (group >= 0 && taken.contains(shard)) {
                        votes[group]++;
                    }
                });
        return votes;
    }
}
