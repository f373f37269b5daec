package io.miroir.core.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which changes of the fleet there can be, and why not others. */
class LayoutTest {
    private final Layout two = new Layout(2, List.of(List.of("a", "b", "c"), List.of("d", "e")));
    private final Layout one = new Layout(1, List.of(List.of("a", "b")));

    private static List<List<String>> groups(Layout.Outcome outcome) {
        return ((Layout.Outcome.Changed) outcome).layout().groups();
    }

    private static String refusal(Layout.Outcome outcome) {
        return ((Layout.Outcome.Refused) outcome).why();
    }

    @Test
    void aNodeJoinsItsGroupOnly() {
        assertEquals(
                List.of(List.of("a", "b", "c"), List.of("d", "e", "f")),
                groups(two.after(new LayoutChange.AddNode("f", 1))));
    }

    @Test
    void aNodeThatIsThereOrAGroupThatIsNotIsRefused() {
        assertEquals(
                "d is in group 1 already", refusal(two.after(new LayoutChange.AddNode("d", 0))));
        assertEquals(
                "there is no group 2, the last one is 1",
                refusal(two.after(new LayoutChange.AddNode("f", 2))));
    }

    /** Shows: a group keeps at least as many nodes as copies of each shard. */
    @Test
    void aNodeWhoseCopiesHaveNoOtherPlaceStays() {
        assertEquals(
                List.of(List.of("a", "c"), List.of("d", "e")),
                groups(two.after(new LayoutChange.DrainNodes(List.of("b")))));
        assertEquals(
                "group 1 can't spare d: it has as many nodes as it keeps copies of each shard (2)",
                refusal(two.after(new LayoutChange.DrainNodes(List.of("d")))));
        assertEquals(
                "there is no node x",
                refusal(two.after(new LayoutChange.DrainNodes(List.of("a", "x")))));
        assertEquals(
                List.of(List.of("b")),
                groups(one.after(new LayoutChange.DrainNodes(List.of("a")))));
        assertEquals(
                "group 0 can't spare b: it has as many nodes as it keeps copies of each shard (1)",
                refusal(one.after(new LayoutChange.DrainNodes(List.of("a", "b")))));
        assertEquals(
                "no node is named", refusal(one.after(new LayoutChange.DrainNodes(List.of()))));
    }

    @Test
    void aNodeIsReplacedInItsPlaceByANewOne() {
        assertEquals(
                List.of(List.of("a", "b", "c"), List.of("f", "e")),
                groups(two.after(new LayoutChange.ReplaceNode("d", "f"))));
        assertEquals(
                "a is in group 0 already",
                refusal(two.after(new LayoutChange.ReplaceNode("d", "a"))));
        assertEquals(
                "there is no node x", refusal(two.after(new LayoutChange.ReplaceNode("x", "f"))));
    }

    @Test
    void aGroupOfNewNodesComesLast() {
        assertEquals(
                List.of(List.of("a", "b"), List.of("c")),
                groups(one.after(new LayoutChange.AddGroup(List.of("c")))));
        assertEquals(
                "b is in group 0 already",
                refusal(one.after(new LayoutChange.AddGroup(List.of("c", "b")))));
        assertEquals(
                "a node is named twice",
                refusal(one.after(new LayoutChange.AddGroup(List.of("c", "c")))));
        assertEquals(
                "a group needs as many nodes as it keeps copies of each shard (2), not 1",
                refusal(two.after(new LayoutChange.AddGroup(List.of("f")))));
    }

    /** Shows: no group is to keep more copies of a shard than it has nodes. */
    @Test
    void aGroupHasANodeForEachCopy() {
        assertEquals(
                new Layout.Outcome.Changed(new Layout(2, one.groups())),
                one.after(new LayoutChange.SetCopies(2)));
        assertEquals(
                "group 1 has 2 nodes, and a group needs as many as it keeps copies of each shard"
                        + " (3)",
                refusal(two.after(new LayoutChange.SetCopies(3))));
        assertEquals(
                "each group keeps 2 copies of each shard already",
                refusal(two.after(new LayoutChange.SetCopies(2))));
        assertEquals(
                "a group keeps at least one copy of each shard",
                refusal(two.after(new LayoutChange.SetCopies(0))));
    }

    @Test
    void aGroupGoesUnlessItIsTheOnlyOne() {
        assertEquals(
                List.of(List.of("d", "e")), groups(two.after(new LayoutChange.RemoveGroup(0))));
        assertEquals(
                "group 0 is the only one: it holds everything",
                refusal(one.after(new LayoutChange.RemoveGroup(0))));
        assertEquals(
                "there is no group 7, the last one is 1",
                refusal(two.after(new LayoutChange.RemoveGroup(7))));
    }
}
