package io.miroir.cli;

import io.miroir.cli.client.ApiCall;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a change of the nodes would move, as a command says it. */
final class PlannedMoves {
    private PlannedMoves() {}

    /**
     * Asks for the plan of a change and prints it.
     *
     * @return how the command ends
     */
    static int tell(ClusterCommand cluster, CommandSpec spec, ObjectNode change) {
        Optional<JsonNode> answer = cluster.ask(ApiCall.search("/_miroir/topology/plan", change));
        if (answer.isEmpty()) {
            return ExitCode.REFUSED.code();
        }
        JsonNode plan = answer.get();
        PrintWriter out = spec.commandLine().getOut();
        tell(plan, out);
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        plan.path("obstacles").forEach(why -> err.println("miroir: not now: " + why.asString("")));
        return (plan.path("obstacles").isEmpty() ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    private static void tell(JsonNode plan, PrintWriter out) {
        Map<String, Integer> gains = new TreeMap<>();
        Map<String, Integer> frees = new TreeMap<>();
        for (Map.Entry<String, JsonNode> index : plan.path("indexes").properties()) {
            out.printf("%-24s %s%n", index.getKey(), moved(index.getValue()));
            count(index.getValue().path("gains"), gains);
            count(index.getValue().path("frees"), frees);
        }
        gains.forEach((node, shards) -> out.printf("  %-20s is sent %d%n", node, shards));
        frees.forEach((node, shards) -> out.printf("  %-20s lets go of %d%n", node, shards));
        out.printf("In all %s. Nothing was changed.%n", moved(plan));
    }

    private static String moved(JsonNode of) {
        int moved = of.path("moved").asInt();
        int copies = of.path("copies").asInt();
        JsonNode documents = of.path("documents");
        return String.format(
                Locale.ROOT,
                "%d of %d replicas are copied (%.1f %%), %s documents",
                moved,
                copies,
                copies == 0 ? 0.0 : 100.0 * moved / copies,
                documents.isNumber() ? "about " + documents.asLong() : "unknown how many");
    }

    private static void count(JsonNode nodes, Map<String, Integer> counts) {
        nodes.properties()
                .forEach(node -> counts.merge(node.getKey(), node.getValue().size(), Integer::sum));
    }
}
