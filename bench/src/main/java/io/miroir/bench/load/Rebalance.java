package io.miroir.bench.load;

import io.miroir.api.Json;
import io.miroir.bench.tools.Await;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.cli.fleet.NodeSource;
import io.miroir.core.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** The whole of it: documents, load, the node that comes, and what is where at the end. */
final class Rebalance {
    private static final FleetShape SHAPE = new FleetShape(1, 1, 3, 64, 2);
    private static final String INDEX = "moved";
    private static final String COMING = "node-3";
    private static final int REQUEST_DOCUMENTS = 5_000;
    private static final Duration REFUSED_PAUSE = Duration.ofMillis(50);

    /** Of what is left when the load begins, before and afterwards take as much each. */
    private static final int PHASES = 5;

    private final Stage.Cluster cluster;
    private final Server coming;
    private final RebalanceBench.Effort effort;
    private final Server pod;

    private Rebalance(Stage.Cluster cluster, Server coming, RebalanceBench.Effort effort) {
        this.cluster = cluster;
        this.coming = coming;
        this.effort = effort;
        this.pod = cluster.pod().server();
    }

    static Rebalance on(Stage stage, NodeSource nodes, RebalanceBench.Effort effort) {
        return new Rebalance(stage.cluster(SHAPE, nodes), stage.bare(nodes), effort);
    }

    List<Figure> run(Deadline deadline, Consumer<String> steps) throws Exception {
        steps.accept("documents");
        fill();
        List<KnownSearch> searches = KnownSearch.learn(pod, INDEX, effort.documents());
        ReplicaTable before = ReplicaTable.read(cluster.admin(), INDEX);
        LiveLoad load = new LiveLoad(pod, INDEX, effort.documents(), searches);
        Seen quiet = new Seen();
        Seen meanwhile = new Seen();
        Seen copying = new Seen();
        Seen afterwards = new Seen();
        Arrival.Moved moved;
        Set<Long> toCopy = new HashSet<>();
        try (load) {
            load.start();
            steps.accept("warming up");
            Await.pause(Duration.ofMillis(effort.warmMillis()));
            Duration phase = phase(deadline);
            steps.accept("before");
            load.tell(List.of(quiet));
            Await.pause(phase);
            steps.accept("the node comes");
            load.tell(List.of(meanwhile));
            moved =
                    new Arrival(cluster.admin(), COMING, coming.address())
                            .run(
                                    isCopying -> {
                                        load.tell(
                                                isCopying
                                                        ? List.of(meanwhile, copying)
                                                        : List.of(meanwhile));
                                        if (isCopying && toCopy.isEmpty()) {
                                            toCopy.addAll(load.expected().versions().keySet());
                                        }
                                    });
            steps.accept("afterwards");
            load.tell(List.of(afterwards));
            Await.pause(phase);
        }
        steps.accept("what is where");
        pod.awaitIdle();
        return new RebalanceRows(
                        new RebalanceRows.Layouts(layout(false), layout(true), COMING),
                        new RebalanceRows.Phases(quiet, meanwhile, copying, afterwards))
                .rows(
                        moved,
                        toCopy,
                        before,
                        ReplicaTable.read(cluster.admin(), INDEX),
                        audit(load.expected()));
    }

    private void fill() {
        pod.createIndex(INDEX);
        ObjectNode settings = Json.object();
        settings.putArray("filterableAttributes").add("id").add("tags");
        pod.ask("PATCH", "/indexes/" + INDEX + "/settings", settings);
        pod.awaitIdle();
        for (int id = 0; id < effort.documents(); id += REQUEST_DOCUMENTS) {
            int count = Math.min(REQUEST_DOCUMENTS, effort.documents() - id);
            byte[] request = SmallDocuments.list(id, count);
            while (pod.write(INDEX, request).isEmpty()) {
                Await.pause(REFUSED_PAUSE);
            }
        }
        pod.awaitIdle();
    }

    private Duration phase(Deadline deadline) {
        long now = System.nanoTime();
        long share = TimeUnit.NANOSECONDS.toMillis(deadline.share(now, PHASES).atNanos() - now);
        return Duration.ofMillis(
                Math.clamp(share, RebalanceBench.Effort.QUICK.phaseMillis(), effort.phaseMillis()));
    }

    /** Who is to have which shard. */
    private Topology layout(boolean withComing) {
        List<String> group = new ArrayList<>(cluster.nodes().keySet());
        if (withComing) {
            group.add(COMING);
        }
        return new Topology(SHAPE.shards(), SHAPE.replicationFactor(), List.of(group));
    }

    private CopyAudit audit(Expected expected) {
        long end = expected.endId();
        SortedMap<String, Inventory> nodes = new TreeMap<>();
        String physical = ReplicaTable.read(cluster.admin(), INDEX).physicalUid();
        cluster.nodes().forEach((id, node) -> nodes.put(id, Inventory.read(node, physical, end)));
        nodes.put(COMING, Inventory.read(coming, physical, end));
        return CopyAudit.of(expected, Inventory.read(pod, INDEX, end), nodes, layout(true));
    }
}
