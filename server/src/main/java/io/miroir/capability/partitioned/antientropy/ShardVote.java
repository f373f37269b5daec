package io.miroir.capability.partitioned.antientropy;

import io.miroir.fanout.copy.ShardDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What follows from what replicas of a shard have (protocol, rule 16). */
sealed interface ShardVote {
    /** All have the same. */
    record Agreed() implements ShardVote {}

    /** More than half of all have the same. */
    record Outvoted(List<String> nodes) implements ShardVote {}

    /** Nobody can say who is right: nothing may be deleted. */
    record Undecided() implements ShardVote {}

    /**
     * Decides by what replicas in sync have. Those that can't be asked now may all agree with the
     * few: they count.
     *
     * @param digests of those that were asked
     * @param inSync how many there are
     */
    static ShardVote of(Map<String, ShardDigest> digests, int inSync) {
        Map<ShardDigest, Integer> votes = new HashMap<>();
        digests.values().forEach(digest -> votes.merge(digest, 1, Integer::sum));
        if (votes.size() <= 1) {
            return new Agreed();
        }
        Optional<ShardDigest> majority =
                votes.entrySet().stream()
                        .filter(vote -> vote.getValue() * 2 > inSync)
                        .map(Map.Entry::getKey)
                        .findFirst();
        return majority.<ShardVote>map(
                        right ->
                                new Outvoted(
                                        digests.keySet().stream()
                                                .filter(node -> !right.equals(digests.get(node)))
                                                .sorted()
                                                .toList()))
                .orElseGet(Undecided::new);
    }
}
