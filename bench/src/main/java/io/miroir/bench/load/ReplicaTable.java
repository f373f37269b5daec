package io.miroir.bench.load;

import io.miroir.core.topology.Topology;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Which node has which shard of an index in sync, as operators are told.
 *
 * @param physicalUid the name that nodes know the index by
 * @param inSync each as its shard and node
 * @param others that nodes have, or are to have, and that are not
 */
record ReplicaTable(String physicalUid, Set<Replica> inSync, Set<Replica> others) {
    /** One shard on one node. */
    record Replica(int shard, String node) {}

    static ReplicaTable read(Server admin, String index) {
        JsonNode told = admin.ask("GET", "/_miroir/shards", null).path("indexes").path(index);
        Set<Replica> inSync = new HashSet<>();
        Set<Replica> others = new HashSet<>();
        for (JsonNode shard : told.path("shards")) {
            for (String node : shard.path("nodes").propertyNames()) {
                boolean synced = shard.path("nodes").path(node).asString("").equals("in_sync");
                (synced ? inSync : others).add(new Replica(shard.path("shard").asInt(), node));
            }
        }
        return new ReplicaTable(told.path("physical_uid").asString(""), inSync, others);
    }

    /** Replicas that are there and were not. */
    int newSince(ReplicaTable before) {
        Set<Replica> added = new HashSet<>(inSync);
        added.removeAll(before.inSync);
        return added.size();
    }

    /** Replicas that are not as a layout has them. */
    int strayFrom(Topology layout) {
        Set<Replica> strays = new HashSet<>(inSync);
        for (int shard = 0; shard < layout.shards(); shard++) {
            for (String node : layout.writeTargets(shard)) {
                Replica wanted = new Replica(shard, node);
                if (!strays.remove(wanted)) {
                    strays.add(wanted);
                }
            }
        }
        strays.addAll(others);
        return strays.size();
    }
}
