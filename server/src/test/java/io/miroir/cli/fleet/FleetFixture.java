package io.miroir.cli.fleet;

import java.nio.file.Path;
import java.util.Random;

/** Plans for tests that start nothing. */
final class FleetFixture {
    private FleetFixture() {}

    static FleetPlan plan(FleetShape shape, Path directory) {
        Ports ports = new Ports(new Random(5));
        return new FleetPlan(
                shape,
                FleetPorts.choose(ports, shape, ports.row(shape.pods())),
                new FleetKeys("master-key-of-the-test", "node-key", "admin-key", "s".repeat(32)),
                new NodeSource.Embedded(),
                directory,
                JavaLaunch.likeThisProcess(),
                FleetPlan.Heaps.DEFAULT);
    }
}
