package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Helm makes of the chart, as {@code charts/check --update} wrote it down. */
class ChartTest {
    private static final Path CHART = Path.of("..", "charts", "miroir");
    private static final Path RENDERED = Path.of("src", "test", "resources", "charts");
    private static final List<String> SECRETS =
            List.of(
                    "MIROIR_MASTER_KEY",
                    "MIROIR_NODE_MASTER_KEY",
                    "MIROIR_ADMIN_API_KEY",
                    "ADMIN_SESSION_SEAL_KEY");

    @TempDir private Path dir;

    /** Each pod of the set can start with it, and nothing in it is worth a warning. */
    @ParameterizedTest
    @CsvSource({"one-pod, 1, 2", "three-pods, 3, 4", "own-servers, 5, 2"})
    void thePodsLoadTheirConfiguration(String name, int pods, int nodes) throws IOException {
        String rendered = Files.readString(RENDERED.resolve(name + ".yaml"));
        String mounted = configuration(rendered).replace("/etc/miroir/cluster", dir.toString());
        Path file = Files.writeString(dir.resolve("miroir.yaml"), mounted);
        for (String key : List.of("secret", "seal")) {
            assertTrue(rendered.contains(", path: " + key + "}\n"), key);
            Path secret = Files.writeString(dir.resolve(key), key.repeat(16));
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        }
        for (int pod = 0; pod < pods; pod++) {
            Map<String, String> environment = new HashMap<>();
            SECRETS.forEach(secret -> environment.put(secret, secret.repeat(2)));
            environment.put("POD_NAME", "search-miroir-" + pod);

            LoadOutcome outcome = ConfigLoader.load(file, environment, Map.of());

            assertEquals(List.of(), outcome.warnings());
            MiroirConfig config =
                    assertInstanceOf(LoadOutcome.Loaded.class, outcome, outcome::toString).config();
            assertEquals("search-miroir-" + pod, config.podId());
            assertEquals(nodes, config.nodes().size());
            assertEquals(pods == 1 ? 0 : pods, config.peers().size());
            assertEquals(pods > 1, config.peer().keyed(), "pods are strangers without a secret");
            assertTrue(config.taskStore().sealKey().isSet(), "secrets of clients lie in plain");
        }
        for (String secret : SECRETS) {
            assertTrue(rendered.contains("- name: " + secret + "\n"), secret);
        }
    }

    /** Or the test above would be about a chart of yesterday. */
    @Test
    void theRenderingsAreOfThisChart() throws IOException, NoSuchAlgorithmException {
        String digest = digest(CHART);
        try (Stream<Path> files = Files.list(RENDERED)) {
            for (Path file : files.toList()) {
                String first = Files.readString(file).lines().findFirst().orElse("");
                assertTrue(first.endsWith(digest), file + ": run charts/check --update");
            }
        }
    }

    private static String configuration(String rendered) {
        return rendered.lines()
                        .dropWhile(line -> !line.equals("  miroir.yaml: |"))
                        .skip(1)
                        .takeWhile(line -> line.startsWith("    "))
                        .map(line -> line.substring(4))
                        .collect(Collectors.joining("\n"))
                + "\n";
    }

    /** As {@code charts/check} makes it; the README is no part of what is rendered. */
    private static String digest(Path directory) throws IOException, NoSuchAlgorithmException {
        try (Stream<Path> files = Files.walk(directory)) {
            StringBuilder sums = new StringBuilder();
            List<Path> rendered =
                    files.filter(Files::isRegularFile)
                            .filter(file -> !file.endsWith("README.md"))
                            .sorted()
                            .toList();
            for (Path file : rendered) {
                sums.append(sha256(Files.readAllBytes(file)))
                        .append("  ./")
                        .append(directory.relativize(file))
                        .append('\n');
            }
            return sha256(sums.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
