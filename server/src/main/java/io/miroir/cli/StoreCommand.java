package io.miroir.cli;

import io.miroir.cli.backup.DamageOptions;
import io.miroir.cli.backup.OfflineOptions;
import io.miroir.raft.OfflineStore;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** `miroir store`: what can be done to a stopped pod's task store. */
@Command(
        name = "store",
        description = "Changes the task store of a pod that is stopped.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = StoreCommand.Convert.class)
final class StoreCommand {
    private StoreCommand() {}

    /** The two backends. */
    enum Backend {
        sqlite,
        raft
    }

    /** `miroir store convert`. */
    @Command(
            name = "convert",
            description = {
                "Makes a single pod's store (sqlite) that of a group of one (raft), or back;"
                        + " nothing in it changes and nothing is lost.",
                "To raft: afterwards other pods may join with empty data directories.",
                "To sqlite: the other pods must have left the group, so that this one has"
                        + " everything. The log is kept in before-conversion."
            },
            footer = {
                "",
                "Example:",
                "  miroir store convert --to raft --data-dir /var/lib/miroir --pod-id miroir-0"
                        + " --raft 10.0.0.1:9001 --peer 10.0.0.1:9002"
            },
            mixinStandardHelpOptions = true)
    static final class Convert implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--to",
                paramLabel = "BACKEND",
                required = true,
                description = "sqlite or raft")
        private Backend to = Backend.raft;

        @Mixin private OfflineOptions options = new OfflineOptions();

        @Mixin private DamageOptions damage = new DamageOptions();

        @Override
        public Integer call() {
            OfflineOptions.Target target = RestoreCommand.target(options, spec);
            OfflineRun run =
                    new OfflineRun(
                            "store convert",
                            spec.commandLine().getOut(),
                            spec.commandLine().getErr());
            boolean done =
                    run.run(
                            target,
                            store -> converted(store.acceptingDamage(damage.accepted()), target),
                            ready ->
                                    "Converted at index %d. Next: start %s with task_store.backend: %s."
                                            .formatted(ready.appliedIndex(), target.podId(), to));
            return (done ? ExitCode.OK : ExitCode.REFUSED).code();
        }

        private OfflineStore.Outcome converted(OfflineStore store, OfflineOptions.Target target)
                throws IOException {
            return switch (to) {
                case raft -> store.toRaft(UUID.randomUUID());
                case sqlite -> store.toSqlite(target.podId());
            };
        }
    }
}
