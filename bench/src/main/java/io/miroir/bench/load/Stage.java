package io.miroir.bench.load;

import io.miroir.bench.tools.Directories;
import io.miroir.bench.tools.PodFlags;
import io.miroir.bench.tools.Ports;
import io.miroir.bench.tools.ProcessFigures;
import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetKeys;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPlan;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.cli.fleet.NodeSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The servers of one part of a measurement, in a directory of their own. All are ended, and all is
 * deleted, when the part ends or this process is told to.
 */
final class Stage implements AutoCloseable {
    private static final FleetKeys KEYS =
            new FleetKeys(
                    "bench-master-key-0123456789",
                    "bench-node-key-0123456789",
                    "bench-admin-key-0123456789",
                    "bench-seal-key-0123456789abcdef0123456789");

    /** A pod's heap is the demo's; embedded nodes hold a million documents. */
    private static final FleetPlan.Heaps HEAPS = new FleetPlan.Heaps(256, 1_024);

    private static final FleetShape ALONE = new FleetShape(1, 1, 1, 1, 1);

    private final Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Thread atExit = Thread.ofPlatform().unstarted(this::end);

    Stage() throws IOException {
        directory = Files.createTempDirectory("miroir-bench-");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** A pod as its clients see it, and as the kernel does. */
    record Pod(Server server, ProcessFigures process) {}

    /**
     * A pod and its nodes, each as it is asked directly.
     *
     * @param admin the pod, as operators ask it
     * @param nodes by id
     */
    record Cluster(Pod pod, Server admin, SortedMap<String, Server> nodes) {}

    /** One node by itself. */
    Server bare(NodeSource source) {
        Fleet fleet = fleet("bare", ALONE, source);
        FleetNode node = fleet.nodes().getFirst();
        start(fleet, node);
        return keep(new Server(node.http(), KEYS.node()));
    }

    /** One pod before nodes that this starts, or that run. */
    Pod pod(FleetShape shape, NodeSource source) {
        return pod(started(shape, source));
    }

    /** The same, where nodes and operators are asked too. */
    Cluster cluster(FleetShape shape, NodeSource source) {
        Fleet fleet = started(shape, source);
        SortedMap<String, Server> nodes = new TreeMap<>();
        for (FleetNode node : fleet.nodes()) {
            nodes.put(node.id(), keep(new Server(node.http(), KEYS.node())));
        }
        URI pod = fleet.pods().getFirst().http();
        return new Cluster(pod(fleet), keep(new Server(pod, KEYS.admin())), nodes);
    }

    private Fleet started(FleetShape shape, NodeSource source) {
        Fleet fleet = fleet("fleet-" + open.size(), shape, source);
        fleet.start();
        return fleet;
    }

    private Pod pod(Fleet fleet) {
        FleetPod pod = fleet.pods().getFirst();
        Server server = keep(new Server(pod.http(), KEYS.master()));
        return new Pod(server, new ProcessFigures(pod.process().pid()));
    }

    /** One pod before nodes that do nothing. */
    Pod podBeforeNothing(FleetShape shape) throws IOException {
        List<URI> addresses = new ArrayList<>();
        for (int i = 0; i < shape.nodes(); i++) {
            addresses.add(keep(new ThinNode(new NullNode())).address());
        }
        return pod(shape, new NodeSource.Running(addresses));
    }

    private static void start(Fleet fleet, FleetNode node) {
        Objects.requireNonNull(node.process()).start();
        fleet.awaitReady(node);
    }

    private Fleet fleet(String name, FleetShape shape, NodeSource source) {
        Path home = directory.resolve(name);
        return keep(
                new Fleet(
                        new FleetPlan(
                                shape,
                                Ports.fleet(shape),
                                KEYS,
                                source,
                                home,
                                PodFlags.launch(),
                                HEAPS),
                        System::nanoTime));
    }

    private synchronized <T extends AutoCloseable> T keep(T opened) {
        open.add(opened);
        return opened;
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            // It runs, or has run.
        }
    }

    private synchronized void end() {
        for (AutoCloseable opened : open.reversed()) {
            try {
                opened.close();
            } catch (Exception failed) {
                System.err.println("not ended: " + failed);
            }
        }
        open.clear();
        if (Files.exists(directory)) {
            Directories.deleteTree(directory);
        }
    }
}
