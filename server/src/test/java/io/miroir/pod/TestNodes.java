package io.miroir.pod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A fleet for tests: embedded nodes, or the real program if the environment names it. */
final class TestNodes implements AutoCloseable {
    private final List<List<TestNode>> groups = new ArrayList<>();

    /** Starts {@code groupCount} groups of {@code perGroup} nodes. */
    TestNodes(Path directory, int groupCount, int perGroup) {
        for (int group = 0; group < groupCount; group++) {
            List<TestNode> nodes = new ArrayList<>();
            for (int n = 0; n < perGroup; n++) {
                nodes.add(start(directory.resolve("node-" + group + "-" + n)));
            }
            groups.add(nodes);
        }
    }

    private static TestNode start(Path home) {
        String program = System.getenv("MIROIR_TEST_MEILISEARCH");
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return program == null ? new EmbeddedNode(home) : new RealNode(program, home);
    }

    List<List<URI>> addresses() {
        return groups.stream()
                .map(nodes -> nodes.stream().map(TestNode::address).toList())
                .toList();
    }

    TestNode node(int group, int n) {
        return groups.get(group).get(n);
    }

    @Override
    public void close() {
        groups.forEach(nodes -> nodes.forEach(TestNode::close));
    }
}
