package io.miroir.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pod is configured with, and what the store's topology has. */
class FleetTest {
    private final Fleet configured = new Fleet(64, 1, List.of(List.of("a", "b"), List.of("c")));

    @Test
    void theSameNodesChangeNothing() {
        assertSame(configured, configured.as(configured.toJson()));
        assertSame(configured, configured.as(new Fleet(8, 1, configured.groups()).toJson()));
        assertSame(configured, configured.as("{}"));
    }

    /** Shows: nodes, groups and copies are the cluster's, shards of new indexes the pod's. */
    @Test
    void otherNodesAreTheClusters() {
        Fleet theirs = new Fleet(8, 2, List.of(List.of("a", "b", "x")));

        Fleet followed = configured.as(theirs.toJson());

        assertEquals(theirs.groups(), followed.groups());
        assertEquals(2, followed.replicationFactor());
        assertEquals(64, followed.shards());
        assertEquals(theirs.topology(8).shardsOf("x"), followed.topology(8).shardsOf("x"));
    }
}
