package io.miroir.core.settings;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * The next step on the way of an index's nodes to other settings (protocol, rule 7). One group is
 * changed while the others answer with the old settings; once its nodes were seen to have the new
 * ones, those are in force, the group answers alone, and the others follow one by one. So at any
 * moment some nodes that hold every shard have the settings in force, if there is more than one
 * group and its nodes can be reached.
 *
 * <p>What is in force, who may have something else, and which group goes first, is all that is
 * remembered: the next owner of the lane decides on it as the one before would have.
 */
public sealed interface RollStep {
    /**
     * Sends the settings to these nodes, which are not read meanwhile where others can be.
     *
     * @param leadingGroup the group that goes first, if these are its nodes
     */
    record Change(List<String> nodes, OptionalInt leadingGroup) implements RollStep {
        Change(List<String> nodes) {
            this(nodes, OptionalInt.empty());
        }
    }

    /**
     * Puts the settings in force.
     *
     * @param verified nodes that were seen to have them; they hold every shard
     * @param unsettled the others, those too that hold nothing in sync now: they may come to it
     */
    record Commit(List<String> verified, List<String> unsettled) implements RollStep {}

    /** Waits: the nodes that can be reached don't hold every shard. */
    record Wait() implements RollStep {}

    /**
     * Nothing is left to be done.
     *
     * @param left nodes that have other settings still, and can't be changed now
     */
    record Done(List<String> left) implements RollStep {}

    /**
     * What is known of the nodes.
     *
     * @param inForce whether the settings are in force already
     * @param leadingGroup the group that was begun with, if these are not in force yet
     * @param unsettled nodes that may have other settings than those in force
     * @param verified nodes that were seen to have the settings, if these are not in force yet
     * @param reachable nodes that can be sent a request
     */
    record Known(
            boolean inForce,
            OptionalInt leadingGroup,
            Set<String> unsettled,
            Set<String> verified,
            Set<String> reachable) {}

    /** Decides. Nodes that hold nothing in sync are left alone: what they have is not read. */
    static RollStep next(Topology topology, Replicas replicas, Known known) {
        return known.inForce()
                ? follow(topology, replicas, known)
                : lead(topology, replicas, known);
    }

    /** The groups that follow the one that has what is in force, one at a time. */
    private static RollStep follow(Topology topology, Replicas replicas, Known known) {
        List<String> left = new ArrayList<>();
        for (List<String> group : topology.groups()) {
            List<String> nodes =
                    group.stream()
                            .filter(known.unsettled()::contains)
                            .filter(node -> holdsAny(topology, replicas, node))
                            .toList();
            List<String> now = nodes.stream().filter(known.reachable()::contains).toList();
            if (!now.isEmpty()) {
                return new Change(now);
            }
            left.addAll(nodes);
        }
        return new Done(List.copyOf(left));
    }

    /** The group that goes first; all groups together where none of them is whole. */
    private static RollStep lead(Topology topology, Replicas replicas, Known known) {
        Set<String> all = new TreeSet<>(topology.nodes());
        OptionalInt leader = leader(topology, replicas, known);
        Set<String> first =
                reachable(
                        leader.isPresent()
                                ? topology.groups().get(leader.getAsInt())
                                : topology.nodes(),
                        topology,
                        replicas,
                        known);
        if (!holdsAll(topology, replicas, first)) {
            return new Wait();
        }
        if (known.verified().containsAll(first)) {
            all.removeAll(known.verified());
            return new Commit(List.copyOf(new TreeSet<>(known.verified())), List.copyOf(all));
        }
        Set<String> open = new TreeSet<>(first);
        open.removeAll(known.verified());
        return new Change(List.copyOf(open), leader);
    }

    /**
     * The group that was begun with, while it is whole: no second one may be in doubt. Nodes that
     * were in doubt before the roll don't make their group the one. If none was begun with, one
     * that is in doubt already; else one without which the others can answer. The group that was
     * begun with is in doubt: where it isn't, groups have other numbers since one of them went.
     */
    private static OptionalInt leader(Topology topology, Replicas replicas, Known known) {
        Map<Integer, Set<String>> whole = new TreeMap<>();
        for (int group = 0; group < topology.groups().size(); group++) {
            Set<String> nodes = reachable(topology.groups().get(group), topology, replicas, known);
            if (holdsAll(topology, replicas, nodes)) {
                whole.put(group, nodes);
            }
        }
        List<BiPredicate<Integer, Set<String>>> preferences =
                List.of(
                        (group, nodes) ->
                                known.leadingGroup().equals(OptionalInt.of(group))
                                        && inDoubt(nodes, known),
                        (_, nodes) -> inDoubt(nodes, known),
                        (_, nodes) -> spared(topology, replicas, nodes, known),
                        (_, _) -> true);
        return preferences.stream()
                .flatMap(
                        preferred ->
                                whole.entrySet().stream()
                                        .filter(
                                                one ->
                                                        preferred.test(
                                                                one.getKey(), one.getValue())))
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    private static boolean inDoubt(Set<String> nodes, Known known) {
        return nodes.stream().anyMatch(known.unsettled()::contains);
    }

    /** Whether the others can answer alone meanwhile. */
    private static boolean spared(
            Topology topology, Replicas replicas, Set<String> nodes, Known known) {
        Set<String> others = new TreeSet<>(known.reachable());
        others.removeAll(nodes);
        others.removeAll(known.unsettled());
        return holdsAll(topology, replicas, others);
    }

    private static Set<String> reachable(
            Iterable<String> nodes, Topology topology, Replicas replicas, Known known) {
        Set<String> reachable = new TreeSet<>();
        for (String node : nodes) {
            if (known.reachable().contains(node) && holdsAny(topology, replicas, node)) {
                reachable.add(node);
            }
        }
        return reachable;
    }

    private static boolean holdsAny(Topology topology, Replicas replicas, String node) {
        for (int shard = 0; shard < topology.shards(); shard++) {
            if (replicas.state(node, shard) == ReplicaState.IN_SYNC) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsAll(Topology topology, Replicas replicas, Set<String> nodes) {
        for (int shard = 0; shard < topology.shards(); shard++) {
            int wanted = shard;
            if (nodes.stream()
                    .noneMatch(node -> replicas.state(node, wanted) == ReplicaState.IN_SYNC)) {
                return false;
            }
        }
        return true;
    }
}
