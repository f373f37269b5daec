package io.miroir.pod;

import io.miroir.cli.fleet.Ports;
import java.security.SecureRandom;
import java.util.List;

/** Ports for the servers of these tests; none is given twice, nor to outgoing connections. */
final class TestPorts {
    private static final Ports PORTS = new Ports(new SecureRandom());

    private TestPorts() {}

    static int one() {
        return some(1).getFirst();
    }

    static synchronized List<Integer> some(int count) {
        return PORTS.some(count);
    }
}
