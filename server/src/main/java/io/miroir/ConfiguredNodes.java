package io.miroir;

import io.miroir.cluster.Fleet;
import io.miroir.config.MiroirConfig;
import io.miroir.config.NodeConfig;
import io.miroir.fanout.NodeEndpoint;
import java.util.ArrayList;
import java.util.List;

/** The nodes of a configuration, as the parts of a pod want them. */
public final class ConfiguredNodes {
    private ConfiguredNodes() {}

    /** Which nodes there are, in their groups. */
    public static Fleet fleet(MiroirConfig config) {
        List<List<String>> groups = new ArrayList<>();
        for (int group = 0; group < config.replicaGroups(); group++) {
            int wanted = group;
            groups.add(
                    config.nodes().stream()
                            .filter(node -> node.replicaGroup() == wanted)
                            .map(NodeConfig::id)
                            .toList());
        }
        return new Fleet(config.shards(), config.replicationFactor(), groups);
    }

    /** Where they are reached. */
    public static List<NodeEndpoint> endpoints(MiroirConfig config) {
        return config.nodes().stream()
                .map(node -> new NodeEndpoint(node.id(), node.address()))
                .toList();
    }
}
