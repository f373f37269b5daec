package io.miroir.cli;

import io.miroir.api.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** `miroir cluster group`: replica groups, each a copy of everything. */
@Command(
        name = "group",
        description = {
            "Tells what a replica group more or less would move.",
            "The changes themselves can't be made while the cluster runs yet: both take --dry-run"
                    + " only. They end with 0 if the change could be made now, with 6 if something is"
                    + " in its way."
        },
        mixinStandardHelpOptions = true)
final class ClusterGroupCommand {
    @Spec private CommandSpec spec = CommandSpec.create();
    @ParentCommand private ClusterCommand cluster = new ClusterCommand();

    @Command(description = "What a group of these nodes would be sent.")
    int add(
            @Parameters(paramLabel = "NODE", arity = "1..*", description = "ids that no node had")
                    List<String> nodes,
            @Option(names = "--dry-run", required = true, description = "only tells")
                    boolean dryRun) {
        ObjectNode change = Json.object().put("change", "add_group");
        nodes.forEach(change.putArray("nodes")::add);
        return PlannedMoves.tell(cluster, spec, change);
    }

    @Command(description = "What would go with a group.")
    int remove(
            @Parameters(paramLabel = "GROUP", description = "its number") int group,
            @Option(names = "--dry-run", required = true, description = "only tells")
                    boolean dryRun) {
        return PlannedMoves.tell(
                cluster, spec, Json.object().put("change", "remove_group").put("group", group));
    }
}
