package io.miroir.core.layout;

import java.util.List;

/** One change of the fleet that an operator can wish for. */
public sealed interface LayoutChange {
    /** As operators are told of it. */
    default String words() {
        return switch (this) {
            case AddNode(String node, int group) -> "add node " + node + " to group " + group;
            case DrainNodes(List<String> nodes) ->
                    (nodes.size() == 1 ? "drain node " : "drain nodes ") + String.join(", ", nodes);
            case ReplaceNode(String node, String by) -> "replace node " + node + " by " + by;
            case AddGroup(List<String> nodes) -> "add a group of " + String.join(", ", nodes);
            case RemoveGroup(int group) -> "remove group " + group;
            case SetCopies(int factor) -> "keep " + factor + " copies of each shard in each group";
        };
    }

    /** A node more in a group. */
    record AddNode(String node, int group) implements LayoutChange {}

    /** Nodes less, of any groups: what they hold goes to the others of these groups. */
    record DrainNodes(List<String> nodes) implements LayoutChange {
        public DrainNodes {
            nodes = List.copyOf(nodes);
        }
    }

    /** A node instead of another, in its group. */
    record ReplaceNode(String node, String by) implements LayoutChange {}

    /** A group more: another copy of everything. */
    record AddGroup(List<String> nodes) implements LayoutChange {
        public AddGroup {
            nodes = List.copyOf(nodes);
        }
    }

    /** A group less; those behind it move up by one number. */
    record RemoveGroup(int group) implements LayoutChange {}

    /** Another replication factor: more or fewer nodes of each group have a shard. */
    record SetCopies(int factor) implements LayoutChange {}
}
