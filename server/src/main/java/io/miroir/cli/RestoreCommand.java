package io.miroir.cli;

import io.miroir.cli.backup.OfflineOptions;
import io.miroir.store.recovery.StateJump;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** `miroir restore`: a backup becomes a new cluster's beginning. */
@Command(
        name = "restore",
        description = {
            "Makes an empty data directory the beginning of a new cluster with the state of a"
                    + " backup. Only one pod is restored; the others start with empty directories"
                    + " and take everything from it.",
            "The new cluster is not the old one: pods of that are refused. What was done after the"
                    + " backup is lost, so numbers jump ahead, all replicas are unverified and"
                    + " admin sessions end. Change the node key before the first start: pods of"
                    + " the old cluster could still write to the nodes."
        },
        footer = {
            "",
            "Example, on the first of three pods:",
            "  miroir restore state.mbk --config /etc/miroir/miroir.yaml"
        },
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "the backup")
    private Path file = Path.of("");

    @Mixin private OfflineOptions options = new OfflineOptions();

    @Option(
            names = "--uids-ahead",
            paramLabel = "N",
            description =
                    "how far task uids jump; more than were given since the backup"
                            + " (10,000,000)")
    private long uidsAhead = StateJump.Distance.DEFAULT.taskUids();

    @Override
    public Integer call() {
        OfflineOptions.Target target = target(options, spec);
        StateJump.Distance usual = StateJump.Distance.DEFAULT;
        StateJump.Distance distance =
                new StateJump.Distance(
                        uidsAhead, usual.incarnations(), usual.epochs(), usual.positions());
        boolean done =
                new OfflineRun("restore", spec.commandLine().getOut(), spec.commandLine().getErr())
                        .run(
                                target,
                                store -> store.restore(file, UUID.randomUUID(), distance),
                                ready ->
                                        """
                                        Restored the state of index %d into %s.
                                        Next: give the nodes another key, start %s, then the other\
                                         pods with empty data directories.\
                                        """
                                                .formatted(
                                                        ready.appliedIndex(),
                                                        target.dataDir(),
                                                        target.podId()));
        return (done ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    static OfflineOptions.Target target(OfflineOptions options, CommandSpec spec) {
        try {
            return options.target();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        }
    }
}
