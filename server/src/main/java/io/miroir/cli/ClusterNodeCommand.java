package io.miroir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiCall;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** `miroir cluster node`: the Meilisearch servers behind the pods. */
@Command(
        name = "node",
        description = {
            "Tells of the nodes, changes them, and says what a change would move.",
            "With --dry-run nothing is changed: it ends with 0 if the change could be made now, with"
                    + " 6 if something is in its way. One change is made at a time."
        },
        mixinStandardHelpOptions = true)
final class ClusterNodeCommand {
    private static final String ADDRESS =
            "where it is, as http://10.0.0.7:7700, unless the pod's configuration says so";

    @Spec private CommandSpec spec = CommandSpec.create();
    @ParentCommand private ClusterCommand cluster = new ClusterCommand();

    @Command(description = "Lists the nodes: group, health, shards, replicas that are not read.")
    int list() {
        Optional<JsonNode> answer = cluster.ask(ApiCall.get("/_miroir/topology"));
        answer.ifPresent(topology -> tell(topology, spec.commandLine().getOut()));
        return (answer.isPresent() ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    @Command(
            description = {
                "Tells all pods that a node is elsewhere; they ask it there from now on.",
                "Nothing moves: the server there must have the node's disk, or an empty one, which is"
                        + " filled anew."
            })
    int address(
            @Parameters(paramLabel = "NODE", description = "its id") String node,
            @Parameters(paramLabel = "URL", description = "as http://10.0.0.7:7700") String url) {
        Optional<JsonNode> answer =
                cluster.ask(
                        ApiCall.change(
                                "PUT",
                                "/_miroir/nodes/" + URLEncoder.encode(node, UTF_8) + "/address",
                                Json.object().put("address", url)));
        answer.ifPresent(
                _ -> {
                    PrintWriter out = spec.commandLine().getOut();
                    out.printf("Node %s is asked at %s.%n", node, url);
                    out.flush();
                });
        return (answer.isPresent() ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    @Command(
            description = {
                "Takes a node into a group: it is sent its share of the group's shards.",
                "Searches and writes go on meanwhile; the command waits for the end."
            })
    int add(
            @Parameters(paramLabel = "NODE", description = "an id that no node had before")
                    String node,
            @Option(
                            names = "--group",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "its replica group (default: ${DEFAULT-VALUE})")
                    int group,
            @Option(names = "--address", paramLabel = "URL", description = ADDRESS)
                    @Nullable String address,
            @Mixin ChangeOptions how)
            throws InterruptedException {
        return how.make(
                cluster,
                spec,
                Json.object()
                        .put("change", "add_node")
                        .put("node", node)
                        .put("group", group)
                        .put("address", address));
    }

    @Command(
            description = {
                "Sends all that nodes have to the others of their groups; then they are not asked"
                        + " any more, and their servers can be switched off.",
                "Nodes that are gone for ever are named together: each would wait for the others.",
                "Searches and writes go on meanwhile; the command waits for the end."
            })
    int drain(
            @Parameters(arity = "1..*", paramLabel = "NODE", description = "its id")
                    List<String> nodes,
            @Mixin ChangeOptions how)
            throws InterruptedException {
        ObjectNode change = Json.object().put("change", "drain_nodes");
        nodes.forEach(change.putArray("nodes")::add);
        return how.make(cluster, spec, change);
    }

    @Command(
            description = {
                "Puts a node under another id in the place of one.",
                "A server that takes over under the same id needs no change: docs/operations/repair.md."
            })
    int replace(
            @Parameters(paramLabel = "NODE", description = "the one that goes") String node,
            @Parameters(paramLabel = "BY", description = "an id that no node had before") String by,
            @Option(names = "--address", paramLabel = "URL", description = ADDRESS)
                    @Nullable String address,
            @Mixin ChangeOptions how)
            throws InterruptedException {
        return how.make(
                cluster,
                spec,
                Json.object()
                        .put("change", "replace_node")
                        .put("node", node)
                        .put("by", by)
                        .put("address", address));
    }

    private static void tell(JsonNode topology, PrintWriter out) {
        out.printf(
                "%d shards, %d in each of %d groups, %s%n",
                topology.path("shards").asInt(),
                topology.path("replication_factor").asInt(),
                topology.path("replica_groups").asInt(),
                topology.path("fully_covered").asBoolean() ? "all covered" : "not all covered");
        for (JsonNode node : topology.path("nodes")) {
            out.printf(
                    "  %-20s group %-4s %-9s %5d shards, %d replicas not read  %s%n",
                    node.path("id").asString(""),
                    node.path("replica_group").asString("none"),
                    node.path("status").asString(""),
                    node.path("shard_count").asInt(),
                    node.path("out_of_sync").asInt(),
                    node.path("error").asString(node.path("version").asString("")));
        }
        out.flush();
    }
}
