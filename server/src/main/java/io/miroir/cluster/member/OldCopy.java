package io.miroir.cluster.member;

import io.miroir.cluster.peer.PodFacts;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tells a disk that is sound, but older than what its pod has told others. */
final class OldCopy {
    /**
     * Log entries. A crash may take from a leader what its followers alone had synced; a disk that
     * is older than that lacks more.
     */
    private static final long UNSYNCED_MAX = 1_000;

    private OldCopy() {}

    /**
     * What others of its cluster know better; empty if nobody does.
     *
     * @param end the last entry of the pod's log
     */
    static Optional<String> ofMember(
            String podId, UUID clusterId, long end, List<PodFacts> others) {
        for (PodFacts pod : others) {
            long told = pod.commits().getOrDefault(podId, -1L);
            if (clusterId.equals(pod.clusterId()) && told - end > UNSYNCED_MAX) {
                return Optional.of(
                        """
                        data_dir ends at entry %d, but %s has heard of %d from this pod: it is \
                        an old copy"""
                                .formatted(end, pod.podId(), told));
            }
        }
        return Optional.empty();
    }
}
