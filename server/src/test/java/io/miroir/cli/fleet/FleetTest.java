package io.miroir.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import io.miroir.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetTest {
    @TempDir Path dir;

    @Test
    void thePodsConfigFileIsOneThatAPodAccepts() {
        FleetPlan plan = FleetFixture.plan(FleetShape.DEFAULT, dir);
        try (Fleet fleet = new Fleet(plan, System::nanoTime)) {
            for (FleetPod pod : fleet.pods()) {
                Path file = dir.resolve(pod.id()).resolve("miroir.yaml");
                Map<String, String> secrets =
                        Map.of(
                                "MIROIR_MASTER_KEY",
                                plan.keys().master(),
                                "MIROIR_NODE_MASTER_KEY",
                                plan.keys().node(),
                                "MIROIR_ADMIN_API_KEY",
                                plan.keys().admin(),
                                "ADMIN_SESSION_SEAL_KEY",
                                plan.keys().seal());
                LoadOutcome outcome = ConfigLoader.load(file, secrets, Map.of());
                MiroirConfig config =
                        assertInstanceOf(LoadOutcome.Loaded.class, outcome, outcome::toString)
                                .config();
                assertEquals(List.of(), outcome.warnings());
                assertEquals(pod.id(), config.podId());
                assertEquals(pod.http().getPort(), config.server().port());
                assertEquals("127.0.0.1", config.server().bind());
                assertEquals(3, config.peers().size());
                assertEquals(16, config.shards());
                assertEquals(
                        List.of(0, 0, 1, 1),
                        config.nodes().stream().map(NodeConfig::replicaGroup).toList());
                assertTrue(config.dataDir().startsWith(dir.resolve(pod.id())));
            }
        }
    }

    @Test
    void aPathWithQuotesAndSpacesSurvivesTheYaml() {
        Path odd = dir.resolve("a \"b\" #c: d");
        FleetPlan plan = FleetFixture.plan(new FleetShape(1, 1, 1, 4, 1), odd);
        try (Fleet fleet = new Fleet(plan, System::nanoTime)) {
            String pod = fleet.pods().getFirst().id();
            Path file = odd.resolve(pod).resolve("miroir.yaml");
            LoadOutcome outcome =
                    ConfigLoader.load(
                            file,
                            Map.of(
                                    "MIROIR_MASTER_KEY",
                                    "m".repeat(20),
                                    "MIROIR_NODE_MASTER_KEY",
                                    "n"),
                            Map.of());
            MiroirConfig config =
                    assertInstanceOf(LoadOutcome.Loaded.class, outcome, outcome::toString).config();
            assertEquals(odd.resolve(pod).resolve("data"), config.dataDir());
        }
    }

    @Test
    void aFleetIsRememberedInItsDirectoryForItsOwnerAlone() throws IOException {
        assertEquals(Optional.empty(), FleetFile.read(dir));
        FleetPlan plan = FleetFixture.plan(FleetShape.DEFAULT, dir);
        FleetFile written = new FleetFile(plan.shape(), plan.ports(), plan.keys());
        written.write(dir);
        assertEquals(Optional.of(written), FleetFile.read(dir));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(dir.resolve("fleet.json"))));
        assertFalse(written.toString().contains(plan.keys().node()), "secrets are never printed");
    }

    @Test
    void aDamagedFleetFileIsNamed() throws IOException {
        Files.writeString(dir.resolve("fleet.json"), "{\"shape\": {\"pods\": 3");
        FleetException refused = assertThrows(FleetException.class, () -> FleetFile.read(dir));
        assertTrue(refused.getMessage().contains("fleet.json"), refused.getMessage());
        Files.writeString(dir.resolve("fleet.json"), "{}");
        assertThrows(FleetException.class, () -> FleetFile.read(dir));
    }

    @Test
    void aRememberedPortThatIsTakenIsToldBeforeAnythingStarts() throws IOException {
        FleetPorts ports = FleetFixture.plan(FleetShape.DEFAULT, dir).ports();
        try (ServerSocket taken =
                new ServerSocket(ports.nodes().get(2), 1, InetAddress.getLoopbackAddress())) {
            FleetException refused = assertThrows(FleetException.class, ports::stillFree);
            assertTrue(
                    refused.getMessage().contains(String.valueOf(taken.getLocalPort())),
                    refused.getMessage());
        }
    }

    @Test
    void shapesThatCanNotBeAreRefusedWithTheFlagAndItsRange() {
        for (int[] wrong :
                new int[][] {
                    {0, 2, 2, 16, 1}, {3, 0, 2, 16, 1}, {3, 2, 2, 0, 1}, {3, 2, 2, 16, 3}
                }) {
            FleetException refused =
                    assertThrows(
                            FleetException.class,
                            () -> new FleetShape(wrong[0], wrong[1], wrong[2], wrong[3], wrong[4]));
            assertTrue(refused.getMessage().startsWith("--"), refused.getMessage());
        }
        assertTrue(FleetShape.DEFAULT.survivesANode() && FleetShape.DEFAULT.survivesAPod());
        assertFalse(new FleetShape(1, 1, 4, 16, 1).survivesANode());
        assertTrue(new FleetShape(1, 1, 4, 16, 2).survivesANode());
    }

    @Test
    void aChildThatDiesAtItsStartIsShownWithTheEndOfItsLog() {
        // A class path without Miroir: the JVM itself says that it finds no main class.
        FleetPlan plan = FleetFixture.plan(new FleetShape(1, 1, 1, 4, 1), dir);
        FleetPlan broken =
                new FleetPlan(
                        plan.shape(),
                        plan.ports(),
                        plan.keys(),
                        plan.nodes(),
                        dir,
                        JavaLaunch.withClassPath(dir.toString()),
                        plan.heaps());
        try (Fleet fleet = new Fleet(broken, System::nanoTime)) {
            FleetException refused = assertThrows(FleetException.class, fleet::start);
            assertTrue(refused.getMessage().contains("node-0 ended"), refused.getMessage());
            assertTrue(refused.getMessage().contains("io.miroir.cli.Main"), refused.getMessage());
            assertTrue(refused.getMessage().contains("node-0.log"), refused.getMessage());
        }
    }
}
