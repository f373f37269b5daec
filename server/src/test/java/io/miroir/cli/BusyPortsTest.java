package io.miroir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which port is in the way is told before anything starts. */
class BusyPortsTest {
    @Test
    void namesThePortByItsKey() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(
                    Optional.of(
                            "127.0.0.1:"
                                    + other.getLocalPort()
                                    + " (metrics.port) is in use by another process"),
                    BusyPorts.first(config("127.0.0.1", other.getLocalPort())));
        }
    }

    @Test
    void anAddressOfAnotherMachine() {
        assertEquals(
                Optional.of("192.0.2.1:0 (metrics.port): this machine has no such address"),
                BusyPorts.first(config("192.0.2.1", 0)));
    }

    @Test
    void nothingInTheWay() {
        assertEquals(Optional.empty(), BusyPorts.first(config("127.0.0.1", 0)));
    }

    private static MiroirConfig config(String metricsBind, int metricsPort) {
        LoadOutcome outcome =
                ConfigLoader.load(
                        null,
                        Map.of(),
                        Map.of(
                                "env", "development",
                                "server.bind", "127.0.0.1",
                                "server.port", "0",
                                "metrics.bind", metricsBind,
                                "metrics.port", Integer.toString(metricsPort),
                                "replication_factor", "1",
                                "nodes", "[{id: a, address: 'http://127.0.0.1:1'}]"));
        return assertInstanceOf(LoadOutcome.Loaded.class, outcome).config();
    }
}
