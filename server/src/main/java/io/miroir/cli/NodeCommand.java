package io.miroir.cli;

import io.miroir.edge.http.HttpServer;
import io.miroir.embedded.Node;
import io.miroir.embedded.NodeConfig;
import io.miroir.embedded.engine.LuceneEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** `miroir node`: one embedded node. */
@Command(
        name = "node",
        description = {
            "Runs the embedded node: a small server that speaks Meilisearch's API.",
            "For demonstrations, tests and laptops. Ends on SIGTERM, after the batch at hand."
        },
        mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--host", paramLabel = "ADDRESS", description = "to listen on (127.0.0.1)")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "N", description = "port; 0 takes a free one (7700)")
    private int port = 7700;

    @Option(
            names = "--master-key",
            paramLabel = "KEY",
            defaultValue = "${env:MEILI_MASTER_KEY}",
            description = "the master key (also from MEILI_MASTER_KEY); without it, all is open")
    private @Nullable String masterKey;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            required = true,
            description = "where it keeps everything; made if need be")
    private Path directory = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        String key = masterKey == null || masterKey.isEmpty() ? null : masterKey;
        NodeConfig config =
                new NodeConfig(host, port, key, directory, HttpServer.Limits.defaults());
        try {
            Node node = Node.start(config, LuceneEngine::open);
            CountDownLatch stop = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, stop, err)));
            PrintWriter out = spec.commandLine().getOut();
            out.println("miroir node listens on http://" + host + ":" + node.port());
            out.flush();
            stop.await();
            return ExitCode.OK.code();
        } catch (IOException | RuntimeException failure) {
            err.println("miroir node: " + failure.getMessage());
            return isTaken(failure) ? ExitCode.PORT_IN_USE.code() : ExitCode.DATA_DIRECTORY.code();
        }
    }

    private static void stop(Node node, CountDownLatch stop, PrintWriter err) {
        try {
            node.close();
        } catch (IOException failure) {
            err.println("miroir node: " + failure.getMessage());
        }
        stop.countDown();
    }

    private static boolean isTaken(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }
}
