package io.miroir.cli;

import io.miroir.api.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** `miroir cluster group`: replica groups, each a copy of everything, and copies inside them. */
@Command(
        name = "group",
        description = {
            "Changes the replica groups, and how many copies of each shard they keep.",
            "With --dry-run nothing is changed: it ends with 0 if the change could be made now, with"
                    + " 6 if something is in its way. One change is made at a time."
        },
        mixinStandardHelpOptions = true)
final class ClusterGroupCommand {
    private static final String CHANGE = "change";

    @Spec private CommandSpec spec = CommandSpec.create();
    @ParentCommand private ClusterCommand cluster = new ClusterCommand();

    @Command(
            description = {
                "Adds a group of these nodes: it is sent everything.",
                "Searches and writes go on meanwhile; the command waits for the end."
            })
    int add(
            @Parameters(
                            paramLabel = "NODE[=URL]",
                            arity = "1..*",
                            description = {
                                "ids that no node had before, and where they are, as",
                                "node-4=http://10.0.0.7:7700"
                            })
                    List<String> nodes,
            @Mixin ChangeOptions how)
            throws InterruptedException {
        ObjectNode change = Json.object().put(CHANGE, "add_group");
        ArrayNode ids = change.putArray("nodes");
        ObjectNode addresses = change.putObject("addresses");
        for (String node : nodes) {
            int end = node.indexOf('=');
            String id = end < 0 ? node : node.substring(0, end);
            ids.add(id);
            if (end >= 0) {
                addresses.put(id, node.substring(end + 1));
            }
        }
        return how.make(cluster, spec, change);
    }

    @Command(
            description = {
                "Removes a group; its nodes are not asked any more then, and can be switched off.",
                "It waits until all other groups have everything. Groups behind it move up by one"
                        + " number."
            })
    int remove(
            @Parameters(paramLabel = "GROUP", description = "its number") int group,
            @Mixin ChangeOptions how)
            throws InterruptedException {
        return how.make(
                cluster, spec, Json.object().put(CHANGE, "remove_group").put("group", group));
    }

    @Command(
            description = {
                "Sets the replication factor: how many nodes of each group have a shard.",
                "Searches and writes go on meanwhile; the command waits for the end."
            })
    int copies(
            @Parameters(
                            paramLabel = "FACTOR",
                            description = "at most as many as the smallest group has nodes")
                    int factor,
            @Mixin ChangeOptions how)
            throws InterruptedException {
        return how.make(
                cluster,
                spec,
                Json.object()
                        .put(CHANGE, "set_replication_factor")
                        .put("replication_factor", factor));
    }
}
