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
    /** The steps that the document tells of; one more is a step back. */
    private static final int FAILED_MAX = 35;

    /** Routes that a node in a cluster needn't have: the proxy answers them. */
    private static final String[] EXPERIMENTAL = {
        "240-", "241-", "244-", "246-", "251-", "252-", "255-"
    };

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
                            .without(EXPERIMENTAL)
                            .replay(
                                    URI.create("http://127.0.0.1:" + node.port()),
                                    NodeClient.MASTER_KEY,
                                    Set.of("api"));
            assertTrue(
                    report.total() - report.passed() <= FAILED_MAX,
                    () ->
                            report.passed()
                                    + " of "
                                    + report.total()
                                    + "\n"
                                    + String.join("\n", report.failures()));
        }
    }
}
