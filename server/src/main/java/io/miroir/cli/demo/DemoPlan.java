package io.miroir.cli.demo;

import io.miroir.cli.fleet.DiskRoom;
import io.miroir.cli.fleet.FleetException;
import io.miroir.cli.fleet.FleetFile;
import io.miroir.cli.fleet.FleetKeys;
import io.miroir.cli.fleet.FleetPlan;
import io.miroir.cli.fleet.FleetPorts;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.cli.fleet.JavaLaunch;
import io.miroir.cli.fleet.NodeSource;
import io.miroir.cli.fleet.Ports;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * From options to a fleet: everything that can be refused is refused here, before a process starts.
 *
 * @param documents empty to start without any
 * @param tour empty without `--tour`
 */
record DemoPlan(FleetPlan fleet, Optional<Documents> documents, Optional<Tour> tour) {
    private static final String MASTER_KEY = "miroir-demo-master-key";
    private static final int FIRST_PORT = 7700;
    private static final int KEY_BYTES = 16;

    /** Generous, measured on Unicode: index, task queue and log of one copy of a document. */
    private static final long BYTES_PER_COPY = 4_000;

    private static final long BYTES_PER_PROCESS = 120_000_000;

    static DemoPlan of(DemoOptions options, Path directory, RandomGenerator random) {
        Optional<FleetFile> earlier = FleetFile.read(directory);
        Optional<Documents> documents = documents(options.input());
        FleetShape shape = shape(options, earlier);
        Optional<Tour> tour = tour(options, shape, documents);
        DiskRoom.require(directory, neededBytes(shape, documents));
        FleetKeys keys = keys(options, earlier, random);
        NodeSource nodes = nodes(options, keys, earlier.isPresent());
        FleetPorts ports = ports(options, earlier, shape, random);
        new FleetFile(shape, ports, keys).write(directory);
        FleetPlan fleet =
                new FleetPlan(
                        shape,
                        ports,
                        keys,
                        nodes,
                        directory,
                        JavaLaunch.likeThisProcess(),
                        FleetPlan.Heaps.DEFAULT);
        return new DemoPlan(fleet, documents, tour);
    }

    private static Optional<Documents> documents(DemoOptions.Input input) {
        if (input.nothing()) {
            return Optional.empty();
        }
        return Optional.of(
                input.file().isPresent()
                        ? DocumentFile.check(input.file().get(), input.primaryKey())
                        : new UnicodeDocuments(Long.MAX_VALUE));
    }

    private static FleetShape shape(DemoOptions options, Optional<FleetFile> earlier) {
        DemoOptions.Shape asked = options.shape();
        FleetShape usual = earlier.map(FleetFile::shape).orElse(FleetShape.DEFAULT);
        int groups = asked.groups().orElse(usual.groups());
        int nodesPerGroup = asked.nodesPerGroup().orElse(usual.nodesPerGroup());
        int servers = options.servers().addresses().size();
        if (servers > 0) {
            groups = asked.groups().orElse(1);
            if (servers % groups != 0) {
                throw new FleetException(
                        "--nodes names %d servers, which can't be shared evenly by %d groups."
                                .formatted(servers, groups));
            }
            nodesPerGroup = servers / groups;
        }
        FleetShape shape =
                new FleetShape(
                        asked.pods().orElse(usual.pods()),
                        groups,
                        nodesPerGroup,
                        asked.shards().orElse(usual.shards()),
                        asked.replicationFactor().orElse(usual.replicationFactor()));
        if (earlier.isPresent() && !earlier.get().shape().equals(shape)) {
            throw new FleetException(
                    ("The directory holds a fleet of %s; its data doesn't fit one of %s. Leave the"
                                    + " numbers out, or give another directory with --dir.")
                            .formatted(earlier.get().shape(), shape));
        }
        return shape;
    }

    private static Optional<Tour> tour(
            DemoOptions options, FleetShape shape, Optional<Documents> documents) {
        if (!options.run().tour()) {
            return Optional.empty();
        }
        if (documents.isEmpty()) {
            throw new FleetException("--tour searches what was indexed: leave out --no-data.");
        }
        boolean ownNodes = options.servers().addresses().isEmpty();
        return Optional.of(Tour.of(shape, documents.get().examples(), ownNodes));
    }

    private static long neededBytes(FleetShape shape, Optional<Documents> documents) {
        long copies = (long) shape.groups() * shape.replicationFactor();
        long stored = documents.map(Documents::count).orElse(0L) * copies * BYTES_PER_COPY;
        return stored + (shape.pods() + shape.nodes()) * BYTES_PER_PROCESS;
    }

    private static FleetKeys keys(
            DemoOptions options, Optional<FleetFile> earlier, RandomGenerator random) {
        Optional<FleetKeys> old = earlier.map(FleetFile::keys);
        String master =
                options.place()
                        .masterKey()
                        .orElseGet(() -> old.map(FleetKeys::master).orElse(MASTER_KEY));
        boolean running = !options.servers().addresses().isEmpty();
        String node =
                running
                        ? options.servers().key().orElse("")
                        : old.map(FleetKeys::node).orElseGet(() -> randomKey(random));
        return new FleetKeys(
                master,
                node,
                old.map(FleetKeys::admin).orElseGet(() -> randomKey(random)),
                old.map(FleetKeys::seal).orElseGet(() -> randomKey(random)));
    }

    private static NodeSource nodes(DemoOptions options, FleetKeys keys, boolean again) {
        DemoOptions.Servers servers = options.servers();
        if (servers.addresses().isEmpty()) {
            return new NodeSource.Embedded();
        }
        OwnServers.Adopt adopt =
                again
                        ? OwnServers.Adopt.ALL
                        : servers.adopt() ? OwnServers.Adopt.OTHERS : OwnServers.Adopt.NONE;
        OwnServers.check(servers.addresses(), keys.node(), adopt);
        return new NodeSource.Running(servers.addresses());
    }

    private static FleetPorts ports(
            DemoOptions options,
            Optional<FleetFile> earlier,
            FleetShape shape,
            RandomGenerator random) {
        OptionalInt first = options.place().port();
        if (earlier.isEmpty()) {
            Ports ports = new Ports(random);
            List<Integer> http =
                    first.isPresent()
                            ? ports.exactly(first.getAsInt(), shape.pods())
                            : ports.preferably(FIRST_PORT, shape.pods());
            return FleetPorts.choose(ports, shape, http);
        }
        FleetPorts same = earlier.get().ports();
        return first.isPresent()
                ? same.withHttp(new Ports(random).exactly(first.getAsInt(), shape.pods()))
                : same.stillFree();
    }

    private static String randomKey(RandomGenerator random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
