package io.miroir.bench.tools;

import io.miroir.cli.fleet.FleetPorts;
import io.miroir.cli.fleet.FleetShape;
import java.security.SecureRandom;
import java.util.List;

/** Ports of loopback that nobody listens on; none is given twice. */
public final class Ports {
    private static final io.miroir.cli.fleet.Ports PORTS =
            new io.miroir.cli.fleet.Ports(new SecureRandom());

    private Ports() {}

    /** Some. */
    public static synchronized List<Integer> free(int count) {
        return PORTS.some(count);
    }

    /** All that a fleet needs. */
    public static synchronized FleetPorts fleet(FleetShape shape) {
        return FleetPorts.choose(PORTS, shape, PORTS.some(shape.pods()));
    }
}
