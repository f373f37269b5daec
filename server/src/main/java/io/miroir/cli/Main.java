package io.miroir.cli;

import io.miroir.cli.fleet.ParentWatch;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** `miroir`: where every command begins. */
@Command(
        name = "miroir",
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Many plain Meilisearch servers behave as one: sharded, replicated, always up.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        exitCodeListHeading = "%nExit codes:%n",
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            NodeCommand.class,
            ConfigCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            StoreCommand.class,
            VerifyCommand.class,
            ClusterCommand.class,
            VersionCommand.class,
            TrainingCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its {@link ExitCode}. */
    public static void main(String[] arguments) throws InterruptedException {
        ParentWatch.beginIfAsked();
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Optional<PodProcess> pod = PodProcess.plainly(arguments, err);
        System.exit(pod.isPresent() ? pod.get().run() : commandLine().execute(arguments));
    }

    /** All commands, as {@link #main} runs them. */
    public static CommandLine commandLine() {
        CommandLine root = new CommandLine(new Main());
        root.getCommandSpec().usageMessage().exitCodeList(exitCodes());
        root.setUsageHelpAutoWidth(true);
        root.setExecutionExceptionHandler(
                (failure, command, _) -> {
                    PrintWriter err = command.getErr();
                    err.println("miroir: " + failure);
                    failure.printStackTrace(err);
                    return ExitCode.FAILED.code();
                });
        return root;
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        Arrays.stream(ExitCode.values())
                .forEach(exit -> codes.put(" " + exit.code(), exit.meaning()));
        return codes;
    }
}
