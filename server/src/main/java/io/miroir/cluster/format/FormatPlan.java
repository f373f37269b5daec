package io.miroir.cluster.format;

import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;

/** Decides whether the cluster's format of commands is raised, and to what (protocol rule 20). */
final class FormatPlan {
    private FormatPlan() {}

    sealed interface Decision {
        /** Every member knows this one. */
        record Raise(int format) implements Decision {}

        /** Some member does not know more, or has not said so. */
        record Wait(String why) implements Decision {}
    }

    /**
     * What to do, for a cluster whose leader knows more than is agreed on.
     *
     * @param cluster the format that is agreed on
     * @param members ids of all, voters and listeners, the leader's own among them
     * @param known the highest format that each of those knows that have said so
     */
    static Decision decide(int cluster, Collection<String> members, Map<String, Integer> known) {
        TreeSet<String> silent = new TreeSet<>(members);
        silent.removeAll(known.keySet());
        if (!silent.isEmpty()) {
            // One that is away may come back with the program that it had.
            return new Decision.Wait("no answer from " + silent);
        }
        int common =
                members.stream()
                        .mapToInt(id -> known.getOrDefault(id, cluster))
                        .min()
                        .orElse(cluster);
        if (common > cluster) {
            return new Decision.Raise(common);
        }
        TreeSet<String> behind = new TreeSet<>(members);
        behind.removeIf(id -> known.getOrDefault(id, cluster) > cluster);
        return new Decision.Wait("no later program on " + behind);
    }
}
