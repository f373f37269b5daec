package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeting;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A pod that is greeted, and whom it does not let in.
 *
 * @param podId its id
 * @param run names this run of its process
 * @param clusterId null while it belongs to none
 * @param clusterFormat of commands, as far as it has applied; empty before its store is open
 */
record Visited(String podId, long run, @Nullable UUID clusterId, OptionalInt clusterFormat) {

    /** Why the pod that greets must not take part; empty if nothing is against it. */
    Optional<String> refusal(Greeting from) {
        if (from.podId().equals(podId)) {
            return Optional.of(
                    from.run() == run
                            ? "that is me: is its address given for another pod?"
                            : "another pod named " + podId + " runs here already");
        }
        UUID theirs = from.clusterId();
        if (clusterId != null && theirs != null && !clusterId.equals(theirs)) {
            return Optional.of(
                    "%s is of cluster %s, this is %s of cluster %s"
                            .formatted(from.podId(), theirs, podId, clusterId));
        }
        int agreed = clusterFormat.orElse(from.format());
        // It would stop at the first command of the later format (protocol rule 20).
        return agreed <= from.format()
                ? Optional.empty()
                : Optional.of(
                        """
                        the program of %s knows commands up to format %d, the cluster's is %d: \
                        start the one that the others run"""
                                .formatted(from.podId(), from.format(), agreed));
    }
}
