package io.miroir.pod;

import io.miroir.cli.fleet.Ports;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ports for the servers of these tests; none is given twice, nor to outgoing connections, nor to
 * another JVM that runs tests at the same time: each has every fourth port for itself.
 */
final class TestPorts {
    private static final Ports PORTS = new Ports(new SecureRandom());

    private static final int JVMS_MAX = 4;

    /** Surefire counts its JVMs from 1. */
    private static final int JVM = Integer.getInteger("surefire.forkNumber", 1);

    private TestPorts() {}

    static synchronized int one() {
        while (true) {
            int port = PORTS.free();
            if ((port - JVM) % JVMS_MAX == 0) {
                return port;
            }
        }
    }

    static List<Integer> some(int count) {
        return Stream.generate(TestPorts::one).limit(count).toList();
    }
}
