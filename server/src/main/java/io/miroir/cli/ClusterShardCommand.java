package io.miroir.cli;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiCall;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** `miroir cluster shard`: who has which shard, and those that no node has in sync any more. */
@Command(
        name = "shard",
        description =
                "Tells which nodes have which shards; and the way out when those that had some in"
                        + " sync are gone for ever.",
        mixinStandardHelpOptions = true)
final class ClusterShardCommand {
    @Spec private CommandSpec spec = CommandSpec.create();
    @ParentCommand private ClusterCommand cluster = new ClusterCommand();

    @Command(
            description = {
                "Lists the shards of indexes that a node is to have and that are not in sync there,"
                        + " and the copies that bring them back.",
                "It ends with 6 if there is no index of a name that was asked for."
            })
    int list(
            @Parameters(
                            arity = "0..*",
                            paramLabel = "INDEX",
                            description = "whose shards (default: all indexes)")
                    @Nullable List<String> indexes,
            @Option(names = "--all", description = "all shards, with the nodes that have them")
                    boolean whole) {
        Optional<JsonNode> answer = cluster.ask(ApiCall.get("/_miroir/shards"));
        ShardTable table = new ShardTable(spec.commandLine().getOut(), whole);
        List<String> wanted = indexes == null ? List.of() : indexes;
        boolean told = answer.isPresent() && table.tell(answer.get(), wanted);
        return (told ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    @Command(
            name = "accept-loss",
            description = {
                "Takes what a node has of lost shards for all that there is: writes that it missed"
                        + " are given up, and all other nodes are made the same.",
                "Lost are shards that no node has in sync but such as are down. It ends with 6 if"
                        + " there are none, or the node has none of them."
            })
    int acceptLoss(
            @Parameters(paramLabel = "INDEX", description = "whose shards are lost") String index,
            @Parameters(paramLabel = "NODE", description = "whose documents count from now on")
                    String node,
            @Option(names = "--dry-run", description = "only tells what would be given up")
                    boolean dryRun) {
        ApiCall call =
                ApiCall.change(
                        "POST",
                        "/_miroir/shards/accept-loss",
                        Json.object().put("index", index).put("node", node).put("dry_run", dryRun));
        Optional<JsonNode> answer = cluster.ask(call);
        answer.ifPresent(loss -> tell(node, loss));
        return (answer.isPresent() ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    private void tell(String node, JsonNode loss) {
        PrintWriter out = spec.commandLine().getOut();
        boolean dryRun = loss.path("dry_run").asBoolean();
        out.printf(
                "%s %s%n",
                dryRun ? "would count:" : "counts now: ", holding(node, loss.path("kept")));
        loss.path("given_up")
                .properties()
                .forEach(
                        other ->
                                out.printf(
                                        "given up:    %s%s%n",
                                        holding(other.getKey(), other.getValue()),
                                        other.getValue().path("in_sync").isEmpty()
                                                ? ""
                                                : ", in sync"));
        out.println(dryRun ? "Nothing was changed." : "The others are made the same.");
        out.flush();
    }

    private static String holding(String node, JsonNode holding) {
        JsonNode documents = holding.path("documents");
        JsonNode newest = holding.path("newest_write");
        return "%s, %d shards, %s%s"
                .formatted(
                        node,
                        holding.path("shards").size(),
                        documents.isNumber()
                                ? documents.asLong() + " documents"
                                : "does not answer",
                        newest.isNumber() ? ", the newest of write " + newest.asLong() : "");
    }
}
