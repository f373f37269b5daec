package io.miroir.harness;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.fleet.ChildProcess;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.cluster.LaneOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pods and nodes with lines between them that can be disturbed, and one load at a time, of which it
 * is known what there must be when all faults are over.
 */
final class ChaosCluster implements AutoCloseable {
    /**
     * A replica that moves is waited for as long as older searches may last: five times a node's
     * timeout. A health check may last longer than a node is late in these tests.
     */
    private static final String MORE_CONFIG = "  scatter:\n    node_timeout_ms: 1500\n";

    private static final String HEALTH = "    interval_ms: 500\n    timeout_ms: 500\n";
    private static final String PATIENT = "    interval_ms: 1500\n    timeout_ms: 1500\n";

    private final TestCluster cluster;
    private final NodeLinks links;
    private @Nullable ChaosLoad load;
    private String index = "";

    private ChaosCluster(TestCluster cluster, NodeLinks links) {
        this.cluster = cluster;
        this.links = links;
    }

    /** Lays it out without starting it. */
    static ChaosCluster layOut(Path directory, FleetShape shape) throws IOException {
        TestCluster cluster = TestCluster.layOut(directory, shape, NodeLinks.JVM_OPTION);
        for (FleetPod pod : cluster.fleet().pods()) {
            Path config = directory.resolve(pod.id()).resolve("miroir.yaml");
            String text = Files.readString(config);
            Files.writeString(config, text.replace(HEALTH, PATIENT) + MORE_CONFIG);
        }
        return new ChaosCluster(cluster, NodeLinks.lay(cluster.fleet()));
    }

    void start() {
        cluster.fleet().start();
    }

    TestCluster cluster() {
        return cluster;
    }

    NodeLinks links() {
        return links;
    }

    FleetNode node(int number) {
        return cluster.fleet().nodes().get(number);
    }

    /** Writes to and searches in an index of that name, which is made. */
    ChaosLoad load(String name) throws InterruptedException {
        index = name;
        cluster.createIndex(name, Json.object());
        ChaosLoad begun = new ChaosLoad(cluster.client(), name);
        load = begun;
        return begun.begin();
    }

    /** The pod that runs the lane of the index, while all pods live. */
    FleetPod owner() {
        List<FleetPod> pods = cluster.fleet().pods();
        String owner = LaneOwner.of(index, pods.stream().map(FleetPod::id).toList());
        return pods.stream().filter(pod -> pod.id().equals(owner)).findFirst().orElseThrow();
    }

    /** The nodes that have a shard of the index. */
    List<FleetNode> holders(int shard) {
        Set<String> ids =
                Set.copyOf(
                        cluster.operate(ApiCall.get("/_miroir/shards"))
                                .json()
                                .path("indexes")
                                .path(index)
                                .path("shards")
                                .path(shard)
                                .path("nodes")
                                .propertyNames());
        return cluster.fleet().nodes().stream().filter(node -> ids.contains(node.id())).toList();
    }

    /** How many of the index' replicas on a node are in which state. */
    Map<String, Integer> states(FleetNode node) {
        return cluster.status().replicaStates(node, index);
    }

    void kill(FleetNode node) {
        process(node).kill();
        links.to(node).forEach(NodeLink::cut);
    }

    void start(FleetNode node) {
        links.to(node).forEach(NodeLink::mend);
        if (!process(node).isAlive()) {
            process(node).start();
        }
        cluster.fleet().awaitReady(node);
    }

    void start(FleetPod pod) {
        if (!pod.process().isAlive()) {
            pod.process().start();
        }
        cluster.fleet().awaitReady(pod);
    }

    private static ChildProcess process(FleetNode node) {
        return Objects.requireNonNull(node.process());
    }

    /** What happens when clients do nothing any more. */
    @FunctionalInterface
    interface Meanwhile {
        void happens() throws IOException, InterruptedException;
    }

    /** All that was acknowledged is there, on nodes as for clients, and nothing else. */
    void assertAllIsThere() throws IOException, InterruptedException {
        assertAllIsThereBehind(() -> {});
    }

    /** The same, behind what happens when the load has ended. */
    void assertAllIsThereBehind(Meanwhile last) throws IOException, InterruptedException {
        Map<Integer, ObjectNode> expected = Objects.requireNonNull(load).end();
        load = null;
        last.happens();
        Aftermath aftermath = new Aftermath(cluster, index);
        aftermath.assertHas(expected);
        aftermath.assertNoneFailedUntold();
        cluster.api()
                .change(ApiCall.delete("/indexes/" + index).withIdempotencyKey("end-" + index));
    }

    /** A case that failed leaves processes that do not run: they must not fail the next one. */
    void heal() throws InterruptedException {
        ChaosLoad left = load;
        if (left != null) {
            left.giveUp();
            load = null;
        }
        links.mend();
        cluster.fleet().nodes().forEach(this::start);
        cluster.fleet().pods().forEach(this::start);
        for (FleetPod pod : cluster.fleet().pods()) {
            Aftermath.await(pod.id() + " takes all nodes for healthy", () -> usesAllNodes(pod));
        }
    }

    private boolean usesAllNodes(FleetPod pod) {
        return cluster.status().topology(pod).path("degraded_node_count").asInt(-1) == 0;
    }

    @Override
    public void close() {
        cluster.close();
        links.close();
    }
}
