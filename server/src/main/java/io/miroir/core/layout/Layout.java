package io.miroir.core.layout;

import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The fleet without its indexes.
 *
 * @param replicationFactor copies of each shard inside each group
 * @param groups the node ids of each replica group, group 0 first
 */
public record Layout(int replicationFactor, List<List<String>> groups) {
    public Layout {
        groups = groups.stream().map(List::copyOf).toList();
    }

    /** Whether a node can have that id: it is a part of paths. */
    public static boolean isNodeId(String id) {
        return !id.isBlank() && id.indexOf('/') < 0;
    }

    /** What comes of a change. */
    public sealed interface Outcome {
        /** The fleet after it. */
        record Changed(Layout layout) implements Outcome {}

        /** It can't be, whatever the nodes hold. */
        record Refused(String why) implements Outcome {}
    }

    /** How an index of that many shards lies on these nodes. */
    public Topology topology(int shards) {
        return new Topology(shards, replicationFactor, groups);
    }

    /** The fleet after a change, or why there can be none. */
    public Outcome after(LayoutChange change) {
        return switch (change) {
            case LayoutChange.AddNode add -> add(add);
            case LayoutChange.DrainNodes drain -> drain(drain.nodes());
            case LayoutChange.ReplaceNode replace -> replace(replace);
            case LayoutChange.AddGroup add -> add(add);
            case LayoutChange.RemoveGroup remove -> remove(remove.group());
            case LayoutChange.SetCopies copies -> copies(copies.factor());
        };
    }

    private Outcome add(LayoutChange.AddNode add) {
        Optional<Outcome> obstacle = taken(add.node()).or(() -> noGroup(add.group()));
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        List<String> nodes = new ArrayList<>(groups.get(add.group()));
        nodes.add(add.node());
        return with(add.group(), nodes);
    }

    private Outcome drain(List<String> nodes) {
        if (nodes.isEmpty()) {
            return new Outcome.Refused("no node is named");
        }
        Layout less = this;
        for (String node : nodes) {
            switch (less.drain(node)) {
                case Outcome.Changed(Layout without) -> less = without;
                case Outcome.Refused refused -> {
                    return refused;
                }
            }
        }
        return new Outcome.Changed(less);
    }

    private Outcome drain(String node) {
        int group = groupOf(node);
        if (group < 0) {
            return stranger(node);
        }
        List<String> nodes = new ArrayList<>(groups.get(group));
        if (nodes.size() <= replicationFactor) {
            return new Outcome.Refused(
                    ("group %d can't spare %s: it has as many nodes as it keeps copies of each shard"
                                    + " (%d)")
                            .formatted(group, node, replicationFactor));
        }
        nodes.remove(node);
        return with(group, nodes);
    }

    private Outcome replace(LayoutChange.ReplaceNode replace) {
        int group = groupOf(replace.node());
        if (group < 0) {
            return stranger(replace.node());
        }
        Optional<Outcome> obstacle = taken(replace.by());
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        List<String> nodes = new ArrayList<>(groups.get(group));
        nodes.set(nodes.indexOf(replace.node()), replace.by());
        return with(group, nodes);
    }

    private Outcome add(LayoutChange.AddGroup add) {
        List<String> nodes = add.nodes();
        if (nodes.size() < replicationFactor || nodes.isEmpty()) {
            return new Outcome.Refused(
                    "a group needs as many nodes as it keeps copies of each shard (%d), not %d"
                            .formatted(replicationFactor, nodes.size()));
        }
        if (new HashSet<>(nodes).size() < nodes.size()) {
            return new Outcome.Refused("a node is named twice");
        }
        for (String node : nodes) {
            Optional<Outcome> obstacle = taken(node);
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
        }
        List<List<String>> more = new ArrayList<>(groups);
        more.add(nodes);
        return new Outcome.Changed(new Layout(replicationFactor, more));
    }

    private Outcome remove(int group) {
        Optional<Outcome> obstacle = noGroup(group);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        if (groups.size() == 1) {
            return new Outcome.Refused(
                    "group %d is the only one: it holds everything".formatted(group));
        }
        List<List<String>> less = new ArrayList<>(groups);
        less.remove(group);
        return new Outcome.Changed(new Layout(replicationFactor, less));
    }

    private Outcome copies(int factor) {
        if (factor < 1) {
            return new Outcome.Refused("a group keeps at least one copy of each shard");
        }
        if (factor == replicationFactor) {
            return new Outcome.Refused(
                    "each group keeps %d copies of each shard already".formatted(factor));
        }
        for (int group = 0; group < groups.size(); group++) {
            int nodes = groups.get(group).size();
            if (nodes < factor) {
                return new Outcome.Refused(
                        ("group %d has %d nodes, and a group needs as many as it keeps copies of"
                                        + " each shard (%d)")
                                .formatted(group, nodes, factor));
            }
        }
        return new Outcome.Changed(new Layout(factor, groups));
    }

    private Optional<Outcome> taken(String node) {
        int group = groupOf(node);
        return group < 0
                ? Optional.empty()
                : Optional.of(
                        new Outcome.Refused("%s is in group %d already".formatted(node, group)));
    }

    private Optional<Outcome> noGroup(int group) {
        return group >= 0 && group < groups.size()
                ? Optional.empty()
                : Optional.of(
                        new Outcome.Refused(
                                "there is no group %d, the last one is %d"
                                        .formatted(group, groups.size() - 1)));
    }

    private static Outcome stranger(String node) {
        return new Outcome.Refused("there is no node " + node);
    }

    private Outcome with(int group, List<String> nodes) {
        List<List<String>> changed = new ArrayList<>(groups);
        changed.set(group, nodes);
        return new Outcome.Changed(new Layout(replicationFactor, changed));
    }

    private int groupOf(String node) {
        for (int group = 0; group < groups.size(); group++) {
            if (groups.get(group).contains(node)) {
                return group;
            }
        }
        return -1;
    }
}
