package io.miroir.embedded;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.conformance.ConformancePack;
import io.miroir.edge.http.HttpServer;
import io.miroir.embedded.engine.LuceneEngine;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Meilisearch 1.50 answered, replayed against a node; docs/embedded-node.md. */
class NodeConformanceTest {
    /** What is known to differ is told in the document; more than that is a step back. */
    private static final double PASSED_SHARE_MIN = 0.985;

    @Test
    void theApiTierPasses(@TempDir Path directory) throws Exception {
        NodeConfig config =
                new NodeConfig(
                        "127.0.0.1",
                        0,
                        NodeClient.MASTER_KEY,
                        directory,
                        HttpServer.Limits.defaults());
        try (Node node = Node.start(config, LuceneEngine::open)) {
            ConformancePack.Report report =
                    ConformancePack.load()
                            .replay(
                                    URI.create("http://127.0.0.1:" + node.port()),
                                    NodeClient.MASTER_KEY,
                                    Set.of("api"));
            double share = (double) report.passed() / report.total();
            assertTrue(
                    share >= PASSED_SHARE_MIN,
                    () ->
                            report.passed()
                                    + " of "
                                    + report.total()
                                    + "\n"
                                    + String.join("\n", report.failures()));
        }
    }
}
