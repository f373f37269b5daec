package io.miroir.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a pod is configured with, and what the store's topology has. */
class FleetTest {
    private static final URI OURS = URI.create("http://ours:7700");
    private static final URI THEIRS = URI.create("https://theirs:7700");

    private final Fleet configured =
            new Fleet(64, 1, List.of(List.of("a", "b"), List.of("c")), at(Map.of("a", OURS)));

    private static NodeAddresses at(Map<String, URI> addresses) {
        return new NodeAddresses(addresses);
    }

    private static String topology(String addresses) {
        return "{\"groups\":[[\"a\",\"b\"],[\"c\"]],\"addresses\":" + addresses + "}";
    }

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

    /** Shows: the cluster's address goes before the pod's, which counts where there is no other. */
    @Test
    void addressesAreTheClustersWhereItHasThem() {
        Fleet followed = configured.as(topology("{\"a\":\"https://theirs:7700\"}"));

        assertNotSame(configured, followed);
        assertEquals(THEIRS, followed.address("a"));
        assertNull(followed.address("b"));
        assertSame(configured, configured.as(topology("{}")));
        assertEquals(OURS, configured.as(topology("{\"b\":\"https://theirs:7700\"}")).address("a"));
    }

    /** Nobody can ask there, and what nobody can read must not keep a pod from all the rest. */
    @Test
    void whatIsNoAddressIsNone() {
        for (String none : List.of("", "theirs", "ftp://theirs", "http:///", "http://a b")) {
            Fleet followed = configured.as(topology("{\"c\":\"" + none + "\"}"));
            assertNull(followed.address("c"), none);
            assertEquals(OURS, followed.address("a"), none);
        }
    }

    /** Shows: a topology of an earlier program is given what it lacks, and keeps the rest. */
    @Test
    void aTopologyIsCompletedAndOtherwiseKept() {
        String earlier = "{\"groups\":[[\"a\",\"x\"]],\"cluster\":\"name\"}";

        String completed = configured.completed(earlier);

        assertTrue(completed.contains("\"cluster\":\"name\""), completed);
        assertTrue(completed.contains("\"addresses\":{\"a\":\"" + OURS + "\"}"), completed);
        assertSame(completed, configured.completed(completed));
        String told = "{\"groups\":[[\"a\"]],\"addresses\":{\"a\":\"" + THEIRS + "\"}}";
        assertSame(told, configured.completed(told));
        assertEquals(Set.of("a", "x"), Fleet.nodesOf(completed));
    }
}
