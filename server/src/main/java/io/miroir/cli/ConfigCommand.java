package io.miroir.cli;

import io.miroir.config.LoadOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** `miroir config`: what can be asked of a configuration without running it. */
@Command(
        name = "config",
        description = "Checks configurations.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ConfigCommand.Check.class)
final class ConfigCommand {
    private ConfigCommand() {}

    /** `miroir config check FILE`. */
    @Command(
            name = "check",
            description = "Reads a configuration as `serve` would, and tells all that is wrong.",
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        /** No warning: it is as it was before there was such a key. */
        private static final String PLAIN =
                "without task_store.seal_key: keys of embedders and headers of webhooks lie in plain"
                        + " in the store and its backups";

        @Mixin private ConfigOptions options = new ConfigOptions();
        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            LoadOutcome outcome = options.load();
            return switch (outcome) {
                case LoadOutcome.Refused refused ->
                        ConfigOptions.tell(refused, spec.commandLine().getErr());
                case LoadOutcome.Loaded loaded -> {
                    loaded.warnings()
                            .forEach(w -> spec.commandLine().getErr().println("warning: " + w));
                    spec.commandLine().getOut().println("ok: " + summary(loaded));
                    if (!loaded.config().taskStore().sealKey().isSet()) {
                        spec.commandLine().getOut().println(PLAIN);
                    }
                    yield ExitCode.OK.code();
                }
            };
        }

        private static String summary(LoadOutcome.Loaded loaded) {
            return "%d nodes in %d groups, %d shards, %d pods, %d warnings"
                    .formatted(
                            loaded.config().nodes().size(),
                            loaded.config().replicaGroups(),
                            loaded.config().shards(),
                            Math.max(1, loaded.config().peers().size()),
                            loaded.warnings().size());
        }
    }
}
