package io.miroir.cli;

import io.miroir.cli.client.ApiFailure;
import io.miroir.cli.demo.Demo;
import io.miroir.cli.demo.DemoOptions;
import io.miroir.cli.demo.Screen;
import io.miroir.cli.fleet.FleetException;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `miroir demo`: a whole cluster on this machine, filled with real data. */
@Command(
        name = "demo",
        description = {
            "Starts a cluster on this machine, indexes every Unicode character through it, and"
                    + " shows what to try.",
            "Pods and nodes are processes of their own. Ctrl-C ends them all."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    @Option(names = "--pods", paramLabel = "N", description = "pods (3)")
    private @Nullable Integer pods;

    @Option(names = "--groups", paramLabel = "N", description = "replica groups, each a copy (2)")
    private @Nullable Integer groups;

    @Option(names = "--nodes-per-group", paramLabel = "N", description = "nodes in a group (2)")
    private @Nullable Integer nodesPerGroup;

    @Option(names = "--shards", paramLabel = "N", description = "shards of an index (16)")
    private @Nullable Integer shards;

    @Option(names = "--rf", paramLabel = "N", description = "copies inside a group (1)")
    private @Nullable Integer replicationFactor;

    @Option(
            names = "--nodes",
            paramLabel = "URL",
            split = ",",
            description = "use these Meilisearch servers, which must be empty, as nodes")
    private List<URI> nodes = List.of();

    @Option(names = "--node-key", paramLabel = "KEY", description = "master key of --nodes")
    private @Nullable String nodeKey;

    @Option(names = "--adopt", description = "allow --nodes that hold indexes; these stay")
    private boolean adopt;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "index your .json, .ndjson or .csv instead")
    private @Nullable Path data;

    @Option(
            names = "--primary-key",
            paramLabel = "FIELD",
            description = "primary key of --data (the one field that ends with id)")
    private @Nullable String primaryKey;

    @Option(names = "--no-data", description = "start empty")
    private boolean noData;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "keep data and logs there; an earlier demo there goes on")
    private @Nullable Path directory;

    @Option(names = "--keep", description = "keep the temporary directory")
    private boolean keep;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "the first pod's port; the others follow (7700 if free)")
    private @Nullable Integer port;

    @Option(names = "--master-key", paramLabel = "KEY", description = "the key that clients send")
    private @Nullable String masterKey;

    @Option(
            names = "--tour",
            description = "two minutes of searches, writes and kill -9; ends with a report")
    private boolean tour;

    @Option(names = "--exit-after-load", description = "end when everything is indexed")
    private boolean exitAfterLoad;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Screen screen = new Screen(System.out, isWatched(), System::nanoTime);
        Optional<Demo> begun = Optional.empty();
        try {
            Demo demo = new Demo(options(), screen, System::nanoTime, new SecureRandom());
            begun = Optional.of(demo);
            return demo.run();
        } catch (FleetException | ApiFailure e) {
            if (!begun.map(Demo::isInterrupted).orElse(false)) {
                System.err.println("miroir demo: " + e.getMessage());
            }
            return 1;
        }
    }

    private static boolean isWatched() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    private DemoOptions options() {
        if (noData && data != null) {
            throw new FleetException("--data and --no-data exclude each other.");
        }
        return new DemoOptions(
                new DemoOptions.Shape(
                        optional(pods),
                        optional(groups),
                        optional(nodesPerGroup),
                        optional(shards),
                        optional(replicationFactor)),
                new DemoOptions.Servers(nodes, Optional.ofNullable(nodeKey), adopt),
                new DemoOptions.Input(
                        Optional.ofNullable(data), Optional.ofNullable(primaryKey), noData),
                new DemoOptions.Place(
                        Optional.ofNullable(directory),
                        keep,
                        optional(port),
                        Optional.ofNullable(masterKey)),
                new DemoOptions.Run(tour, exitAfterLoad));
    }

    private static OptionalInt optional(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
