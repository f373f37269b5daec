package io.miroir.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet as the store's topology has it, and whoever must follow its changes. A pod with another
 * list of nodes would leave some out of its writes, and not say so.
 */
final class KnownFleet {
    private static final Logger LOG = LoggerFactory.getLogger(KnownFleet.class);

    private final Fleet configured;
    private final List<Consumer<Fleet>> followers = new ArrayList<>();
    private boolean known;
    private volatile Fleet now;

    /**
     * As this pod is configured, until the cluster's is known.
     *
     * @param configured also says the addresses that the cluster's topology lacks
     */
    KnownFleet(Fleet configured) {
        this.configured = configured;
        this.now = configured;
    }

    Fleet now() {
        return now;
    }

    /**
     * Tells it each time that it changes, and now if the store was read already: before, what is
     * configured may be elsewhere, and be taken for nodes that lost their disks.
     */
    synchronized void tell(Consumer<Fleet> follower) {
        followers.add(follower);
        if (known) {
            follower.accept(now);
        }
    }

    /** The store's topology is this one. */
    void follow(String topologyJson) {
        become(configured.as(topologyJson));
    }

    /** The store has no topology yet: the cluster begins as it is configured. */
    void begin() {
        become(configured);
    }

    private synchronized void become(Fleet theirs) {
        if (known && theirs.isAs(now)) {
            return;
        }
        if (theirs != configured) {
            LOG.warn(
                    "the nodes of this pod's configuration are not those of the cluster, which it"
                            + " goes by: {}, replication factor {}",
                    theirs.endpoints(),
                    theirs.replicationFactor());
        } else if (known) {
            LOG.info("the nodes of the cluster are those of this pod's configuration again");
        }
        known = true;
        now = theirs;
        followers.forEach(follower -> follower.accept(theirs));
    }
}
