package io.miroir.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** `miroir cluster rebalance`: the change of the nodes that is under way. */
@Command(
        name = "rebalance",
        description = "Tells of the change of the nodes that is under way, or takes it back.",
        mixinStandardHelpOptions = true)
final class ClusterRebalanceCommand {
    @Spec private CommandSpec spec = CommandSpec.create();
    @ParentCommand private ClusterCommand cluster = new ClusterCommand();

    @Command(description = "How far it is.")
    int status(@Option(names = "--watch", description = "until it ends") boolean watch)
            throws InterruptedException {
        return new RunningChange(cluster, spec).status(watch);
    }

    @Command(
            description =
                    "Has the nodes become again what they were; what was moved is moved back.")
    int cancel(
            @Option(names = "--no-wait", description = "comes back when it has begun")
                    boolean noWait)
            throws InterruptedException {
        return new RunningChange(cluster, spec).takeBack(!noWait);
    }
}
