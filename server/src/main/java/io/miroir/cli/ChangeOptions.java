package io.miroir.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** How a change of the nodes is made by a command. */
final class ChangeOptions {
    @Option(names = "--dry-run", description = "only tells what it would move")
    private boolean dryRun;

    @Option(names = "--no-wait", description = "comes back when it has begun")
    private boolean noWait;

    /**
     * Makes it, or tells what it would move.
     *
     * @return how the command ends
     */
    int make(ClusterCommand cluster, CommandSpec spec, ObjectNode change)
            throws InterruptedException {
        return dryRun
                ? PlannedMoves.tell(cluster, spec, change)
                : new RunningChange(cluster, spec).begin(change, !noWait);
    }
}
