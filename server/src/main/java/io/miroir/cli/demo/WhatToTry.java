package io.miroir.cli.demo;

import io.miroir.api.Json;
import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a newcomer is shown of a running fleet: its members, and commands to paste. */
final class WhatToTry {
    private WhatToTry() {}

    static List<String> lines(Fleet fleet, Optional<Documents> documents) {
        List<String> lines = new ArrayList<>();
        try (ClusterStatus cluster = new ClusterStatus(fleet)) {
            pods(lines, fleet, cluster);
            nodes(lines, cluster);
        }
        FleetPod pod = fleet.pods().getFirst();
        lines.add("");
        lines.add("Try:");
        documents.ifPresent(
                d -> d.examples().forEach(example -> search(lines, fleet, pod, d, example)));
        lines.add("  # who holds which shard, and who leads");
        lines.add(
                "  curl -s %s/_miroir/topology -H 'X-Admin-Key: %s'"
                        .formatted(pod.http(), fleet.plan().keys().admin()));
        lines.add("  # what was done");
        lines.add("  " + curl(fleet, pod.http() + "/tasks?limit=3"));
        return lines;
    }

    private static void pods(List<String> lines, Fleet fleet, ClusterStatus cluster) {
        Optional<FleetPod> leader = cluster.leader();
        lines.add("");
        for (FleetPod pod : fleet.pods()) {
            boolean leads = leader.map(pod::equals).orElse(false);
            lines.add(
                    "  %s  %s  process %d%s"
                            .formatted(
                                    pod.id(),
                                    pod.http(),
                                    pod.process().pid(),
                                    leads ? "  leads" : ""));
        }
    }

    private static void nodes(List<String> lines, ClusterStatus cluster) {
        for (Map.Entry<FleetNode, Long> entry : cluster.documentsPerNode().entrySet()) {
            FleetNode node = entry.getKey();
            String documents =
                    entry.getValue() < 0
                            ? "does not answer"
                            : "%,d documents".formatted(entry.getValue());
            lines.add(
                    "  %s  %s  group %d  %s"
                            .formatted(node.id(), node.http(), node.group(), documents));
        }
    }

    private static void search(
            List<String> lines,
            Fleet fleet,
            FleetPod pod,
            Documents documents,
            ExampleSearch example) {
        lines.add("  # " + example.shows());
        String body = Json.text(example.body()).replace("'", "'\\''");
        lines.add(
                "  %s \\%n    -H 'Content-Type: application/json' -d '%s'"
                        .formatted(
                                curl(
                                        fleet,
                                        pod.http() + "/indexes/" + documents.index() + "/search"),
                                body));
    }

    private static String curl(Fleet fleet, String url) {
        return "curl -s '%s' -H 'Authorization: Bearer %s'"
                .formatted(url, fleet.plan().keys().master());
    }
}
