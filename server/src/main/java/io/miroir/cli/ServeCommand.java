package io.miroir.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** `miroir serve`: one pod. */
@Command(
        name = "serve",
        description = {
            "Runs a pod until SIGTERM or Ctrl-C, which let running requests finish.",
            "Secrets come from MIROIR_MASTER_KEY, MIROIR_NODE_MASTER_KEY, MIROIR_ADMIN_API_KEY,"
                    + " or from files that the configuration names."
        },
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Mixin private ConfigOptions options = new ConfigOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        return new PodProcess(options.file(), options.flags(), spec.commandLine().getErr()).run();
    }
}
