package io.miroir.cli;

import io.miroir.cli.backup.BackupText;
import io.miroir.cli.backup.DamageOptions;
import io.miroir.cli.backup.OfflineOptions;
import io.miroir.raft.Survivor;
import io.miroir.store.recovery.StateJump;
import io.miroir.store.recovery.Unfinished;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** `miroir cluster recover`: a survivor goes on after the majority is gone. */
@Command(
        name = "recover",
        description = {
            "Makes a new cluster of one survivor when the majority of the pods is gone for good."
                    + " The survivor must be stopped. If several survive, look at each with"
                    + " --dry-run and take the one with the highest last entry.",
            "Says what may be lost, then acts; --dry-run only says it. What was there before is"
                    + " kept in before-recovery. The pods that were lost cannot come back with"
                    + " their data: empty their directories, they join anew."
        },
        mixinStandardHelpOptions = true)
final class RecoverCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--from-survivor",
            description = "says that the majority is gone and will not come back")
    private boolean fromSurvivor;

    @Option(names = "--dry-run", description = "only says what would be done and lost")
    private boolean dryRun;

    @Mixin private OfflineOptions options = new OfflineOptions();

    @Mixin private DamageOptions damage = new DamageOptions();

    @Override
    public Integer call() {
        OfflineOptions.Target target = RestoreCommand.target(options, spec);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        OfflineRun run = new OfflineRun("cluster recover", out, err);
        if (!fromSurvivor && !dryRun) {
            err.println(
                    "miroir cluster recover: wanted is --from-survivor, which says that the"
                            + " majority is gone for good, or --dry-run");
            return ExitCode.USAGE.code();
        }
        if (dryRun) {
            return look(target, out, err);
        }
        boolean done =
                run.run(
                        target,
                        store -> {
                            tell(target, out);
                            return store.acceptingDamage(damage.accepted())
                                    .recover(UUID.randomUUID(), StateJump.Distance.DEFAULT);
                        },
                        ready ->
                                """
                                %s is a cluster of one now, at index %d.
                                Next: give the nodes another key, start %s, then the others with\
                                 empty data directories.\
                                """
                                        .formatted(
                                                target.podId(),
                                                ready.appliedIndex(),
                                                target.podId()));
        return (done ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    private static int look(OfflineOptions.Target target, PrintWriter out, PrintWriter err) {
        try {
            tell(target, out);
            out.println("Dry run: nothing was changed.");
            out.flush();
            return ExitCode.OK.code();
        } catch (IOException | IllegalStateException failed) {
            err.println("miroir cluster recover: " + failed.getMessage());
            return ExitCode.REFUSED.code();
        }
    }

    private static void tell(OfflineOptions.Target target, PrintWriter out) throws IOException {
        String begun = Unfinished.command(target.dataDir());
        if (!begun.isEmpty()) {
            out.printf("`miroir %s` was cut short here: this goes on with what it made.%n", begun);
        }
        tell(Survivor.look(target.dataDir()), out);
    }

    private static void tell(Survivor.Findings found, PrintWriter out) {
        Instant last = Instant.EPOCH.plus(found.storeTimeMicros(), ChronoUnit.MICROS);
        Duration age = Duration.between(last, Clock.systemUTC().instant());
        out.printf("Cluster %s, members %s.%n", found.clusterId(), found.members());
        out.printf(
                "The database is at index %d, term %d, of %s (%d s ago).%n",
                found.appliedIndex(),
                found.appliedTerm(),
                BackupText.time(found.storeTimeMicros()),
                age.toSeconds());
        out.printf(
                "The log goes to index %d: %d entries with %d commands are not in the database."
                        + " Whether they were acknowledged is not known here; they take effect.%n",
                found.lastIndex(), found.waitingEntries(), found.waitingCommands());
        out.printf(
                "Lost is what the lost pods acknowledged above index %d: nothing here tells how"
                        + " much. Tasks of that time are unknown, what they wrote is on the nodes"
                        + " and is compared. Keys and sessions that were revoked then are valid"
                        + " again.%n",
                found.lastIndex());
        if (found.damage() != null) {
            out.printf(
                    "Its files are damaged: %s. What is told above is what can be read of them."
                            + " Another survivor or a backup is better; these are taken with"
                            + " --accept-damage only.%n",
                    found.damage());
        }
        out.flush();
    }
}
