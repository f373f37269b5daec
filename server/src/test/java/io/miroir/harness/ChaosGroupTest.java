package io.miroir.harness;

import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetShape;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link ChaosTableTest}, on the one group of three nodes with two copies of each shard that the
 * upstream plan's table speaks of. A write needs both copies there.
 */
@Tag("cluster")
@Tag("nightly")
class ChaosGroupTest {
    @TempDir static Path dir;
    private static ChaosCluster chaos;

    @BeforeAll
    static void start() throws IOException {
        chaos = ChaosCluster.layOut(dir, new FleetShape(3, 1, 3, 8, 2));
        chaos.start();
    }

    @AfterAll
    static void stop() {
        if (chaos != null) {
            chaos.close();
        }
    }

    @AfterEach
    void heal() throws Exception {
        chaos.heal();
    }

    /** Searches go on; what would be on one node only is not taken before the other is back. */
    @Test
    void oneOfThreeNodesIsKilled(TestInfo test) throws Exception {
        ChaosLoad load = chaos.load(test.getTestMethod().orElseThrow().getName());
        load.awaitAcknowledged(6);
        FleetNode node = chaos.node(0);
        chaos.kill(node);
        load.awaitWriteTrouble("miroir_no_quorum");
        load.awaitSearches(10);
        chaos.start(node);
        load.awaitAcknowledged(12);
        load.assertSearchesWereWhole();
        chaos.assertAllIsThere();
    }

    @Test
    void twoOfThreeNodesAreKilled(TestInfo test) throws Exception {
        ChaosLoad load = chaos.load(test.getTestMethod().orElseThrow().getName());
        load.awaitAcknowledged(6);
        chaos.holders(0).forEach(chaos::kill);
        load.awaitSearchTrouble("shards");
        load.awaitWriteTrouble("miroir_no_quorum");
        load.awaitSearches(10);
        chaos.holders(0).forEach(chaos::start);
        load.awaitAcknowledged(12);
        chaos.assertAllIsThere();
    }
}
