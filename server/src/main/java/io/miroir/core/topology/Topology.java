package io.miroir.core.topology;

import io.miroir.core.routing.Rendezvous;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How an index of {@code shards} shards lies on the fleet: every replica group holds all shards,
 * and inside a group each shard lives on the {@code replicationFactor} nodes that rendezvous
 * prefers. Assignment is computed once; lookups are array reads.
 */
public final class Topology {
    /** What 16 separators can write. */
    public static final int SHARDS_MAX = 65_536;

    private final int shards;
    private final int replicationFactor;
    private final List<List<String>> groups;
    private final Map<String, Integer> groupOfNode;
    private final List<List<List<String>>> assigned;

    /** The group that comes or goes with a change; -1 if none does. */
    private final int passing;

    /**
     * Computes the assignment.
     *
     * @param shards 1 to {@value #SHARDS_MAX}
     * @param replicationFactor copies of a shard inside a group, at least 1
     * @param groups the node ids of each replica group, group 0 first
     * @throws IllegalArgumentException if a number is out of range, a group has fewer nodes than
     *     copies, or a node is named twice
     */
    public Topology(int shards, int replicationFactor, List<List<String>> groups) {
        if (shards < 1 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException("shards: " + shards);
        }
        if (replicationFactor < 1 || groups.isEmpty()) {
            throw new IllegalArgumentException(
                    "replication factor " + replicationFactor + " in " + groups.size() + " groups");
        }
        this.shards = shards;
        this.replicationFactor = replicationFactor;
        this.groups = groups.stream().map(List::copyOf).toList();
        this.groupOfNode = groupOfNode(this.groups, replicationFactor);
        this.assigned =
                perShard(
                        shards,
                        this.groups.size(),
                        (shard, group) ->
                                Rendezvous.rank(shard, this.groups.get(group))
                                        .subList(0, replicationFactor));
        this.passing = -1;
    }

    private Topology(Topology now, Topology then) {
        this.shards = now.shards;
        // Writes go on all the while: a quorum is what is enough before or after.
        this.replicationFactor = Math.min(now.replicationFactor, then.replicationFactor);
        this.passing = passing(now.groups, then.groups);
        List<List<String>> before = withGap(now.groups, then.groups.size());
        List<List<String>> after = withGap(then.groups, now.groups.size());
        List<List<String>> both = new ArrayList<>();
        for (int group = 0; group < before.size(); group++) {
            both.add(union(before.get(group), after.get(group)));
        }
        this.groups = List.copyOf(both);
        this.groupOfNode = groupOfNode(this.groups, replicationFactor);
        this.assigned =
                perShard(
                        shards,
                        this.groups.size(),
                        (shard, group) ->
                                union(
                                        now.assigned(shard, before.get(group)),
                                        then.assigned(shard, after.get(group))));
    }

    /** The groups with an empty one where the other layout has one that they lack. */
    private List<List<String>> withGap(List<List<String>> own, int others) {
        if (own.size() >= others) {
            return own;
        }
        List<List<String>> gapped = new ArrayList<>(own);
        gapped.add(passing, List.of());
        return gapped;
    }

    private List<String> assigned(int shard, List<String> group) {
        return group.isEmpty() ? List.of() : assign(shard, groupOf(group.getFirst()));
    }

    private static int passing(List<List<String>> now, List<List<String>> then) {
        if (now.size() == then.size()) {
            return -1;
        }
        List<List<String>> more = new ArrayList<>(now.size() > then.size() ? now : then);
        List<List<String>> fewer = now.size() > then.size() ? then : now;
        int group = 0;
        while (group < fewer.size() && fewer.get(group).equals(more.get(group))) {
            group++;
        }
        more.remove(group);
        if (!more.equals(fewer)) {
            throw new IllegalArgumentException("more changes than one group: " + now + then);
        }
        return group;
    }

    /** The nodes of a group that a shard is assigned to. */
    private interface Assignment {
        List<String> nodes(int shard, int group);
    }

    private static List<List<List<String>>> perShard(
            int shards, int groups, Assignment assignment) {
        List<List<List<String>>> perShard = new ArrayList<>(shards);
        for (int shard = 0; shard < shards; shard++) {
            List<List<String>> perGroup = new ArrayList<>(groups);
            for (int group = 0; group < groups; group++) {
                perGroup.add(List.copyOf(assignment.nodes(shard, group)));
            }
            perShard.add(List.copyOf(perGroup));
        }
        return List.copyOf(perShard);
    }

    private static List<String> union(List<String> one, List<String> other) {
        Set<String> both = new LinkedHashSet<>(one);
        both.addAll(other);
        return List.copyOf(both);
    }

    /**
     * How the index lies while the fleet changes from this to another: it may be wherever either
     * puts it, and a group may have more copies of a shard than the factor says. Nodes of groups
     * may change, or one group more or less; groups are numbered as where there are more of them.
     *
     * @throws IllegalArgumentException if more than that changes
     */
    public Topology changingTo(Topology then) {
        if (then.shards != shards) {
            throw new IllegalArgumentException("other shards: " + shards + ", " + then.shards);
        }
        return new Topology(this, then);
    }

    /**
     * Whether a group is there before and after a change: nobody expects a passing one to be whole.
     */
    public boolean isLasting(int group) {
        return group != passing;
    }

    /** How many shards the index has. */
    public int shards() {
        return shards;
    }

    /** Copies of each shard inside each group, at least. */
    public int replicationFactor() {
        return replicationFactor;
    }

    /** Replicas of all shards together, of a fleet that does not change. */
    public int copies() {
        return shards * replicationFactor * groups.size();
    }

    /** The node ids of each group. */
    public List<List<String>> groups() {
        return groups;
    }

    /** All node ids, group by group. */
    public Set<String> nodes() {
        return groupOfNode.keySet();
    }

    /** The group of a node, or -1 for a node that is not of this fleet. */
    public int groupOf(String nodeId) {
        return groupOfNode.getOrDefault(nodeId, -1);
    }

    /** The nodes of a group that hold a shard, the most preferred first. */
    public List<String> assign(int shard, int group) {
        return assigned.get(shard).get(group);
    }

    /** The nodes of all groups that hold a shard, group by group. */
    public List<String> writeTargets(int shard) {
        List<String> targets = new ArrayList<>(groups.size() * replicationFactor);
        assigned.get(shard).forEach(targets::addAll);
        return targets;
    }

    /** The shards that a node is assigned. */
    public ShardSet shardsOf(String nodeId) {
        int group = groupOf(nodeId);
        List<Integer> held = new ArrayList<>();
        for (int shard = 0; group >= 0 && shard < shards; shard++) {
            if (assign(shard, group).contains(nodeId)) {
                held.add(shard);
            }
        }
        return ShardSet.of(held);
    }

    private static Map<String, Integer> groupOfNode(List<List<String>> groups, int copies) {
        Map<String, Integer> groupOf = new HashMap<>();
        for (int group = 0; group < groups.size(); group++) {
            if (new HashSet<>(groups.get(group)).size() < copies) {
                throw new IllegalArgumentException(
                        "group " + group + " has fewer nodes than " + copies + " copies need");
            }
            for (String node : groups.get(group)) {
                if (groupOf.put(node, group) != null) {
                    throw new IllegalArgumentException("node " + node + " is named twice");
                }
            }
        }
        return Map.copyOf(groupOf);
    }
}
