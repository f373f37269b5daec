package io.miroir.cli;

import io.miroir.cli.fleet.ParentWatch;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
        exitCodeListHeading = "%nExit codes:%n")
public final class Main {
    /** In the order in which help names them. */
    private static final List<Class<?>> COMMANDS =
            List.of(
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
                    TrainingCommand.class,
                    CommandTraining.class);

    private Main() {}

    /** Runs a command and ends the process with its {@link ExitCode}. */
    public static void main(String[] arguments) throws InterruptedException {
        ParentWatch.beginIfAsked();
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Optional<PodProcess> pod = PodProcess.plainly(arguments, err);
        System.exit(pod.isPresent() ? pod.get().run() : commandLine(arguments).execute(arguments));
    }

    /**
     * Commands as {@link #main} runs them.
     *
     * @param arguments the command that they name is there alone, as what describes the others
     *     takes longer to read than many a command to run; all are there if they name none
     */
    public static CommandLine commandLine(String... arguments) {
        CommandLine root = new CommandLine(new Main());
        List<Class<?>> named =
                COMMANDS.stream()
                        .filter(one -> arguments.length > 0 && arguments[0].equals(name(one)))
                        .toList();
        (named.isEmpty() ? COMMANDS : named).forEach(root::addSubcommand);
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

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        Arrays.stream(ExitCode.values())
                .forEach(exit -> codes.put(" " + exit.code(), exit.meaning()));
        return codes;
    }
}
