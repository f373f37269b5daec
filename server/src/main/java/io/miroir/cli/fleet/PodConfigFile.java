package io.miroir.cli.fleet;

import java.nio.file.Path;
import java.util.List;

/**
 * The YAML that a pod of a fleet starts with. Its secrets come by environment, so the file can be
 * shown to anyone.
 */
final class PodConfigFile {
    private PodConfigFile() {}

    static String text(FleetPlan plan, List<FleetNode> nodes, int pod, Path dataDir) {
        FleetPorts.PodPorts own = plan.ports().pods().get(pod);
        return """
                miroir:
                  env: development
                  pod_id: %s
                  data_dir: %s
                  shards: %d
                  replication_factor: %d
                  replica_groups: %d
                  server:
                    bind: 127.0.0.1
                    port: %d
                  raft:
                    bind: 127.0.0.1
                    port: %d
                  peer:
                    bind: 127.0.0.1
                    port: %d
                  metrics:
                    bind: 127.0.0.1
                    port: %d
                  task_store:
                    backend: %s
                  health:
                    interval_ms: 500
                    timeout_ms: 500
                    unhealthy_threshold: 2
                    recovery_threshold: 2
                  peers:
                %s  nodes:
                %s"""
                .formatted(
                        podId(pod),
                        quoted(dataDir.toString()),
                        plan.shape().shards(),
                        plan.shape().replicationFactor(),
                        plan.shape().groups(),
                        own.http(),
                        own.raft(),
                        own.peer(),
                        own.metrics(),
                        plan.shape().pods() == 1 ? "sqlite" : "raft",
                        peers(plan.ports().pods()),
                        nodes(nodes));
    }

    static String podId(int pod) {
        return "pod-" + pod;
    }

    private static String peers(List<FleetPorts.PodPorts> pods) {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < pods.size(); i++) {
            FleetPorts.PodPorts ports = pods.get(i);
            yaml.append(
                    """
                      - id: %s
                        raft: 127.0.0.1:%d
                        peer: 127.0.0.1:%d
                        http: http://127.0.0.1:%d
                    """
                            .formatted(podId(i), ports.raft(), ports.peer(), ports.http())
                            .indent(2));
        }
        return yaml.toString();
    }

    private static String nodes(List<FleetNode> nodes) {
        StringBuilder yaml = new StringBuilder();
        for (FleetNode node : nodes) {
            yaml.append(
                    """
                      - id: %s
                        address: %s
                        replica_group: %d
                    """
                            .formatted(node.id(), quoted(node.http().toString()), node.group())
                            .indent(2));
        }
        return yaml.toString();
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
