package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.PodFacts;
import java.util.List;
import java.util.Optional;

/**
 * Whether a listener that runs is no member any more. Nobody sends it the log that says so, and
 * without a vote it never asks for one.
 */
final class StruckOff {
    private StruckOff() {}

    /** What a leader says that leads still; empty while there is none, or it knows the pod. */
    static Optional<String> told(String podId, List<Greeted.Welcome> others) {
        return others.stream()
                .filter(other -> other.acknowledged().isPresent())
                .map(Greeted.Welcome::facts)
                .filter(leader -> !leader.members().isEmpty())
                .filter(leader -> leader.members().stream().noneMatch(m -> m.id().equals(podId)))
                .map(leader -> message(podId, leader))
                .findFirst();
    }

    /** For a pod that starts as for one that runs. */
    static String message(String podId, PodFacts leader) {
        return "%s was removed from the cluster, says %s. To join it again, empty data_dir"
                .formatted(podId, leader.podId());
    }
}
