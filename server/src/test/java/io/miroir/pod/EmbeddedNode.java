package io.miroir.pod;

import io.miroir.cli.fleet.PortWait;
import io.miroir.edge.http.HttpServer;
import io.miroir.embedded.Node;
import io.miroir.embedded.NodeConfig;
import io.miroir.embedded.engine.LuceneEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Our own small node, in this JVM. */
final class EmbeddedNode implements TestNode {
    private final Path directory;
    private final int port = TestPorts.one();
    private String key = KEY;
    private @Nullable Node node;

    EmbeddedNode(Path directory) {
        this.directory = directory;
        start();
    }

    @Override
    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void useKey(String next) {
        key = next;
    }

    @Override
    public void start() {
        try {
            node =
                    Node.start(
                            new NodeConfig(
                                    "127.0.0.1",
                                    port,
                                    key,
                                    directory,
                                    HttpServer.Limits.defaults()),
                            LuceneEngine::open);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void kill() {
        Node running = node;
        node = null;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            PortWait.untilFree(port);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
