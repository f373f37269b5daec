package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.Held;
import io.miroir.raft.link.Acknowledged;
import java.util.List;
import java.util.Optional;

/** Tells a disk that is sound, but older than what its pod has told others. */
final class OldCopy {
    /**
     * Log entries by which a disk may end before what was heard of its pod's commits. That is no
     * proof: what Ratis tells as a follower's commit is what the leader has committed, whether the
     * follower has synced it or not, and it outlives the disk that was lost before this one.
     */
    private static final long HEARSAY_MAX = 1_000;

    private OldCopy() {}

    /** What others of its cluster know better; empty if nobody does. */
    static Optional<String> ofMember(
            PodIdentity identity, Held held, List<Greeted.Welcome> others) {
        return others.stream()
                .filter(other -> identity.clusterId().equals(other.facts().clusterId()))
                .filter(other -> isOfThisDisk(identity, other.facts()))
                .flatMap(other -> better(identity.podId(), held, other).stream())
                .findFirst();
    }

    /** Not of one with which the pod has joined since: then this one does not count at all. */
    private static boolean isOfThisDisk(PodIdentity identity, PodFacts other) {
        return other.members().isEmpty()
                || Entrance.doubt(identity.podId(), identity, other).isEmpty();
    }

    private static Optional<String> better(String podId, Held held, Greeted.Welcome other) {
        return other.acknowledged()
                .filter(held::hasLost)
                .map(word -> proof(held, other.facts().podId(), word))
                .or(() -> hearsay(podId, held, other.facts()));
    }

    private static String proof(Held held, String leader, Acknowledged word) {
        return """
               data_dir ends at entry %d of term %d and has followed up to term %d, but this pod \
               has acknowledged entry %d to %s, which leads in term %d: it is an old copy"""
                .formatted(
                        held.end(),
                        held.logEndTerm(),
                        held.term(),
                        word.index(),
                        leader,
                        word.term());
    }

    private static Optional<String> hearsay(String podId, Held held, PodFacts other) {
        long told = other.commits().getOrDefault(podId, -1L);
        return told - held.end() <= HEARSAY_MAX
                ? Optional.empty()
                : Optional.of(
                        """
                        data_dir ends at entry %d, but %s has heard of %d from this pod: it is \
                        an old copy"""
                                .formatted(held.end(), other.podId(), told));
    }
}
