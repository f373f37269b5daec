package io.miroir.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void noPortIsGivenTwice() {
        Ports ports = new Ports(new Random(7));
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            assertTrue(given.add(ports.free()));
        }
    }

    @Test
    void aPortInUseIsNamedWithWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertFalse(Ports.isFree(port));
            FleetException refused =
                    assertThrows(
                            FleetException.class,
                            () -> new Ports(new Random(1)).exactly(port - 1, 3));
            assertTrue(refused.getMessage().contains("--port"), refused.getMessage());
            assertTrue(
                    refused.getMessage().contains(String.valueOf(port))
                            || refused.getMessage().contains(String.valueOf(port - 1)),
                    refused.getMessage());
        }
    }

    @Test
    void aRowThatIsTakenIsReplacedUnlessItWasDemanded() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            List<Integer> found = new Ports(new Random(3)).preferably(port, 3);
            assertEquals(3, found.size());
            assertFalse(found.contains(port));
        }
    }

    @Test
    void portsBeyondTheLastAreRefused() {
        FleetException refused =
                assertThrows(
                        FleetException.class, () -> new Ports(new Random(1)).exactly(65_534, 3));
        assertTrue(refused.getMessage().contains("65535"), refused.getMessage());
    }
}
