package io.miroir.pod;

import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ports for the servers of these tests; none is given twice, nor to outgoing connections, nor to
 * another JVM that runs tests at the same time.
 */
final class TestPorts {
    private static final Ports PORTS = PortsApart.make();

    private TestPorts() {}

    static synchronized int one() {
        return PORTS.free();
    }

    static List<Integer> some(int count) {
        return Stream.generate(TestPorts::one).limit(count).toList();
    }
}
