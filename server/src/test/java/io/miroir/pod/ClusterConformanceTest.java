package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.conformance.ConformancePack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real Meilisearch 1.50 answered, replayed against a cluster: three pods before two groups
 * of two nodes. The pod that is asked leads nothing in particular, so most lanes are others'. Which
 * steps fail stands in {@code conformance/cluster-*.txt}; one more is a step back, one less is to
 * be taken off. {@code -Dmiroir.conformance.only=254-,255-} replays these cases alone.
 */
class ClusterConformanceTest {
    private static final boolean REAL_NODES = System.getenv("MIROIR_TEST_MEILISEARCH") != null;

    @Test
    void aClusterAnswersAsOneServer(@TempDir Path directory) throws Exception {
        try (TestNodes nodes = new TestNodes(directory, 2, 2)) {
            List<TestPod> pods = TestPod.startGroup(directory, nodes.addresses(), 3, "");
            try {
                replay(pods.getLast());
            } finally {
                pods.forEach(TestPod::close);
            }
        }
    }

    private static void replay(TestPod pod) throws Exception {
        Set<String> tiers = REAL_NODES ? Set.of("api", "ranking") : Set.of("api");
        ConformancePack all = ConformancePack.load();
        String only = System.getProperty("miroir.conformance.only");
        ConformancePack pack = only == null ? all : all.only(only.split(",", -1));
        ConformancePack.Report report = pack.replay(pod.address(), TestPod.MASTER_KEY, tiers);
        Path found = Path.of("target", "cluster-conformance.txt");
        Files.write(found, report.failures());
        System.out.printf(
                "cluster conformance: %d of %d steps pass%n", report.passed(), report.total());
        Set<String> news = new TreeSet<>(report.failed());
        news.removeAll(known());
        assertEquals(Set.of(), news, () -> "differences: " + found.toAbsolutePath());
    }

    /** Comments begin with {@code #}. */
    private static Set<String> known() throws IOException {
        String name = "/conformance/cluster-" + (REAL_NODES ? "real" : "embedded") + "-nodes.txt";
        try (var list = ClusterConformanceTest.class.getResourceAsStream(name)) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
