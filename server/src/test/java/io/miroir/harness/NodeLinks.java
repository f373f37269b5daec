package io.miroir.harness;

import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A line of its own between each pod and each node: all pods call a node by the same name, which
 * leads each of them to another address of this machine.
 */
final class NodeLinks implements AutoCloseable {
    /** Each process has a file of that name where it runs. */
    static final String JVM_OPTION = "-Djdk.net.hosts.file=hosts";

    private static final int FIRST_MACHINE = 10;

    private final Map<FleetPod, Map<FleetNode, NodeLink>> links = new LinkedHashMap<>();

    /** Between the members of a fleet that does not run yet and was laid out with the option. */
    static NodeLinks lay(Fleet fleet) throws IOException {
        NodeLinks laid = new NodeLinks();
        Path directory = fleet.plan().directory();
        for (FleetNode node : fleet.nodes()) {
            writeHosts(directory.resolve(node.id()), "");
        }
        for (int i = 0; i < fleet.pods().size(); i++) {
            FleetPod pod = fleet.pods().get(i);
            String machine = "127.0." + (FIRST_MACHINE + i) + ".1";
            Path home = directory.resolve(pod.id());
            StringBuilder hosts = new StringBuilder();
            Map<FleetNode, NodeLink> toNodes = new LinkedHashMap<>();
            String config = Files.readString(home.resolve("miroir.yaml"));
            for (FleetNode node : fleet.nodes()) {
                int port = node.http().getPort();
                hosts.append(machine).append(' ').append(name(node)).append('\n');
                config =
                        config.replace(
                                "\"" + node.http() + "\"",
                                "\"http://" + name(node) + ":" + port + "\"");
                toNodes.put(
                        node,
                        new NodeLink(
                                new InetSocketAddress(machine, port),
                                new InetSocketAddress(node.http().getHost(), port)));
            }
            Files.writeString(home.resolve("miroir.yaml"), config);
            writeHosts(home, hosts.toString());
            laid.links.put(pod, toNodes);
        }
        laid.mend();
        return laid;
    }

    private static String name(FleetNode node) {
        return node.id() + ".test";
    }

    private static void writeHosts(Path home, String more) throws IOException {
        Files.createDirectories(home);
        Files.writeString(home.resolve("hosts"), "127.0.0.1 localhost\n" + more);
    }

    /** The line between these two. */
    NodeLink between(FleetPod pod, FleetNode node) {
        return Objects.requireNonNull(from(pod).get(node));
    }

    /** The lines between this pod and all nodes. */
    Map<FleetNode, NodeLink> from(FleetPod pod) {
        return Objects.requireNonNull(links.get(pod));
    }

    /** The lines between all pods and this node. */
    List<NodeLink> to(FleetNode node) {
        return links.values().stream()
                .map(toNodes -> Objects.requireNonNull(toNodes.get(node)))
                .toList();
    }

    /** All lines are as good as new. */
    void mend() {
        all().forEach(NodeLink::mend);
    }

    @Override
    public void close() {
        all().forEach(NodeLink::close);
    }

    private List<NodeLink> all() {
        return links.values().stream().map(Map::values).flatMap(Collection::stream).toList();
    }
}
