package io.miroir.cli.fleet;

/**
 * How many of everything a fleet has.
 *
 * @param pods 1 or more; fewer than 3 survive no failure
 * @param groups replica groups, each a full copy
 * @param nodesPerGroup nodes that share one copy
 * @param shards into which every index is cut
 * @param replicationFactor copies of a shard inside a group
 */
public record FleetShape(
        int pods, int groups, int nodesPerGroup, int shards, int replicationFactor) {
    /** Seven processes fit a laptop; this many fit none. */
    private static final int PROCESSES_MAX = 64;

    /** Voters of a Raft group; more would only slow it down. */
    private static final int PODS_MAX = 5;

    private static final int SHARDS_MAX = 4_096;

    /** Three pods, two groups of two nodes, 16 shards, one copy in each group. */
    public static final FleetShape DEFAULT = new FleetShape(3, 2, 2, 16, 1);

    public FleetShape {
        within("--pods", pods, 1, PODS_MAX);
        within("--groups", groups, 1, PROCESSES_MAX);
        within("--nodes-per-group", nodesPerGroup, 1, PROCESSES_MAX);
        within("--shards", shards, 1, SHARDS_MAX);
        within("--rf", replicationFactor, 1, nodesPerGroup);
        within("pods and nodes together", pods + groups * nodesPerGroup, 2, PROCESSES_MAX);
    }

    /** Nodes in all groups. */
    public int nodes() {
        return groups * nodesPerGroup;
    }

    /** Whether every document is on another node when one is gone. */
    public boolean survivesANode() {
        return groups * replicationFactor > 1;
    }

    /** Whether a majority of pods is left when one is gone. */
    public boolean survivesAPod() {
        return pods >= 3;
    }

    /** As a person says it. */
    @Override
    public String toString() {
        return "%s, %s × %s, %s, %s in each group"
                .formatted(
                        count(pods, "pod"),
                        count(groups, "group"),
                        count(nodesPerGroup, "node"),
                        count(shards, "shard"),
                        replicationFactor == 1 ? "1 copy" : replicationFactor + " copies");
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    private static void within(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new FleetException(
                    "%s is %d, but must be from %d to %d.".formatted(what, value, min, max));
        }
    }
}
