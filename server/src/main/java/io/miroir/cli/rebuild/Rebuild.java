package io.miroir.cli.rebuild;

import io.miroir.ConfiguredNodes;
import io.miroir.Keys;
import io.miroir.cli.backup.OfflineOptions;
import io.miroir.cluster.Fleet;
import io.miroir.config.MiroirConfig;
import io.miroir.fanout.Nodes;
import io.miroir.raft.OfflineStore;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.StoreSeal;
import io.miroir.store.recovery.StateJump;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** From nothing but nodes to a task store that a pod can start on. */
public final class Rebuild {
    private final MiroirConfig config;
    private final List<FoundIndex> found;
    private final List<String> silent;

    private Rebuild(MiroirConfig config, List<FoundIndex> found, List<String> silent) {
        this.config = config;
        this.found = found;
        this.silent = silent;
    }

    /** Asks all nodes of the configuration; those that do not answer are remembered. */
    public static Rebuild ask(MiroirConfig config) {
        List<FoundIndex> found = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        Fleet fleet = ConfiguredNodes.fleet(config);
        try (Nodes nodes =
                Nodes.overHttp(Keys.of(config.nodeMasterKey(), "node key"), (_, _, _, _) -> {})) {
            nodes.become(fleet.endpoints());
            for (String node : fleet.nodes()) {
                try {
                    found.addAll(new NodeSurvey(nodes, node, config.shards()).indexes());
                } catch (IOException e) {
                    silent.add(e.getMessage());
                }
            }
        }
        return new Rebuild(config, found, silent);
    }

    /** Tells what was found, what is wanted and what is lost. */
    public void tell(Said said, PrintWriter out) {
        RebuildText.tell(survey(said), silent, out);
    }

    private Survey survey(Said said) {
        return Survey.of(found, said, config.shards());
    }

    /**
     * Writes the state into an empty data directory, whose lock the caller holds.
     *
     * @return what came of it; a pod may start where it is ready
     */
    public OfflineStore.Outcome write(Said said, OfflineOptions.Target target) throws IOException {
        Survey survey = survey(said);
        if (!survey.unknown().isEmpty()) {
            return new OfflineStore.Outcome.Refused("wanted: " + survey.unknown());
        }
        if (!silent.isEmpty()) {
            return new OfflineStore.Outcome.Refused(
                    "all nodes must answer, or leave the configuration: " + silent);
        }
        Path directory = target.dataDir();
        if (Files.exists(DatabaseFiles.file(directory))
                || Files.exists(directory.resolve("raft"))) {
            return new OfflineStore.Outcome.Refused(
                    directory + " holds a task store: a rebuild replaces none");
        }
        Path work = directory.resolve("rebuild.tmp");
        clear(work);
        try (SqliteTaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of(target.podId(), work),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        failure -> {})) {
            NewState state = new NewState(store, ConfiguredNodes.fleet(config));
            survey.indexes().forEach(state::add);
        }
        StateJump.Made made;
        try (Database database = Database.open(DatabaseFiles.file(work), Durability.EVERY_COMMIT)) {
            made = StateJump.apply(database.writer(), distance());
        }
        DatabaseFiles.sync(DatabaseFiles.file(work));
        // Of a store that was deleted by hand.
        StoreSeal.remove(directory);
        Files.move(DatabaseFiles.file(work), DatabaseFiles.file(directory));
        clear(work);
        Files.delete(work);
        UUID cluster = UUID.randomUUID();
        if (target.self() == null) {
            target.identify(cluster);
            return new OfflineStore.Outcome.Ready(0, made);
        }
        OfflineStore.Outcome outcome = target.store().toRaft(cluster);
        return outcome instanceof OfflineStore.Outcome.Ready ready
                ? new OfflineStore.Outcome.Ready(ready.appliedIndex(), made)
                : outcome;
    }

    /** What a try that was cut short left. */
    private static void clear(Path work) throws IOException {
        Files.createDirectories(work);
        try (Stream<Path> files = Files.list(work)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    /** Beyond everything that any node has seen, and then as far as after a restore. */
    private StateJump.Distance distance() {
        StateJump.Distance usual = StateJump.Distance.DEFAULT;
        long incarnation = found.stream().mapToLong(FoundIndex::incarnation).max().orElse(0);
        long epoch = found.stream().mapToLong(FoundIndex::epoch).max().orElse(0);
        long position = found.stream().mapToLong(FoundIndex::position).max().orElse(0);
        return new StateJump.Distance(
                usual.taskUids(),
                usual.incarnations() + incarnation,
                usual.epochs() + epoch,
                usual.positions() + position);
    }
}
