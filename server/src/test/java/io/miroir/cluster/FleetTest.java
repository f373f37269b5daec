package io.miroir.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.layout.Layout;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static FleetChange change(String name, long sinceMicros, List<List<String>> groups) {
        return new FleetChange(name, new Layout(1, groups), sinceMicros);
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

    /** Shows: while it changes it has the nodes of both layouts, and each index may lie by both. */
    @Test
    void aFleetThatChangesHasTwoLayouts() {
        FleetChange change = change("add d", 7, List.of(List.of("a", "b", "d"), List.of("c")));
        String begun =
                change.begunIn(configured.toJson(), at(Map.of("d", URI.create("http://d:7700"))));

        Fleet fleet = configured.as(begun);

        assertEquals(Optional.of(change), fleet.change());
        assertEquals(configured.groups(), fleet.groups());
        assertEquals(Set.of("a", "b", "c", "d"), fleet.topology(16).nodes());
        assertEquals(configured.topology(16).shardsOf("a"), fleet.topology(16).shardsOf("a"));
        assertFalse(fleet.target(16).shardsOf("d").isEmpty());
        assertEquals(fleet.target(16).shardsOf("d"), fleet.topology(16).shardsOf("d"));
        assertSame(fleet, fleet.as(begun));

        Fleet ended = fleet.as(change.endedIn(begun));
        assertEquals(Optional.empty(), ended.change());
        assertEquals(change.then(), ended.layout());
        assertEquals(fleet.target(16).shardsOf("a"), ended.topology(16).shardsOf("a"));
    }

    /** Shows: nodes of the layout that is given up are gone by until nothing is on them. */
    @Test
    void aChangeThatIsTakenBackGoesToTheOldGroups() {
        FleetChange change = change("drain b", 7, List.of(List.of("a"), List.of("c")));
        String begun = change.begunIn(configured.toJson(), NodeAddresses.NONE);
        String back = change.takenBackIn(begun, 9);

        Fleet fleet = configured.as(back);

        FleetChange undo = fleet.change().orElseThrow();
        assertEquals(change("take back: drain b", 9, configured.groups()), undo);
        assertEquals(Set.of("a", "b", "c"), fleet.topology(16).nodes());
        assertEquals(configured.topology(16).shardsOf("b"), fleet.target(16).shardsOf("b"));
        assertEquals(
                "drain b", configured.as(undo.takenBackIn(back, 11)).change().orElseThrow().name());
        assertEquals(configured.groups(), fleet.as(undo.endedIn(back)).groups());
    }

    /** Shows: groups and copies change too, and a change of an earlier program keeps the copies. */
    @Test
    void groupsAndCopiesChangeToo() {
        Layout more = new Layout(1, List.of(List.of("a", "b"), List.of("c"), List.of("d")));
        FleetChange group = new FleetChange("add a group", more, 7);
        Fleet fleet = configured.as(group.begunIn(configured.toJson(), NodeAddresses.NONE));
        assertEquals(more.groups(), fleet.topology(16).groups());
        assertEquals(configured.layout(), fleet.layout());

        Layout single = new Layout(1, List.of(List.of("a", "b")));
        Layout twice = new Layout(2, single.groups());
        Fleet pair = new Fleet(64, 1, single.groups());
        FleetChange copies = new FleetChange("copies", twice, 7);
        String begun = copies.begunIn(pair.toJson(), NodeAddresses.NONE);
        assertEquals(1, pair.as(begun).replicationFactor());
        assertEquals(2, pair.as(begun).target(16).replicationFactor());
        assertEquals(twice, pair.as(copies.endedIn(begun)).layout());
        String back = copies.takenBackIn(begun, 9);
        assertEquals(single, pair.as(back).change().orElseThrow().then());
        assertEquals(twice, pair.as(back).layout());

        String earlier =
                "{\"replication_factor\":2,\"groups\":[[\"a\",\"b\",\"c\"]],\"change\":"
                        + "{\"name\":\"drain c\",\"since_micros\":1,\"groups\":[[\"a\",\"b\"]]}}";
        assertEquals(twice, FleetChange.of(earlier).orElseThrow().then());
    }

    /** Where nodes are that have gone is forgotten with them. */
    @Test
    void addressesComeAndGoWithTheirNodes() {
        FleetChange add = change("add d", 7, List.of(List.of("a", "b", "d"), List.of("c")));
        String added =
                add.endedIn(
                        add.begunIn(
                                configured.toJson(), at(Map.of("d", URI.create("http://d:7700")))));
        assertEquals("http://d:7700", address(added));
        FleetChange drain = change("drain d", 9, configured.groups());
        String drained = drain.begunIn(added, NodeAddresses.NONE);
        assertEquals("http://d:7700", address(drained));
        assertEquals("", address(drain.endedIn(drained)));
    }

    private static String address(String topologyJson) {
        return Json.parseObject(topologyJson).path("addresses").path("d").asString("");
    }
}
