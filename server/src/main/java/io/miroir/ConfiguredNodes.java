package io.miroir;

import io.miroir.cluster.Fleet;
import io.miroir.cluster.NodeAddresses;
import io.miroir.config.MiroirConfig;
import io.miroir.config.NodeConfig;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The nodes of a configuration: those with which a new cluster begins. */
public final class ConfiguredNodes {
    private ConfiguredNodes() {}

    /** Which nodes there are, in their groups, and where. */
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
        Map<String, URI> addresses =
                config.nodes().stream()
                        .collect(Collectors.toMap(NodeConfig::id, NodeConfig::address));
        return new Fleet(
                config.shards(), config.replicationFactor(), groups, new NodeAddresses(addresses));
    }
}
