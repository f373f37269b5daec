package io.miroir.cli;

import io.miroir.cli.client.ApiCall;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A change of the nodes, begun and watched by a command. It goes on without the command. */
final class RunningChange {
    private static final ApiCall STATUS = ApiCall.get("/_miroir/rebalance/status");
    private static final String CHANGE = "change";
    private static final long LOOK_AGAIN_MILLIS = 250;
    private static final int BAR_CHARS = 20;

    private final ClusterCommand cluster;
    private final PrintWriter out;
    private final PrintWriter err;
    private String told = "";

    RunningChange(ClusterCommand cluster, CommandSpec spec) {
        this.cluster = cluster;
        this.out = spec.commandLine().getOut();
        this.err = spec.commandLine().getErr();
    }

    /**
     * Begins a change and, if so wanted, waits for its end.
     *
     * @return how the command ends
     */
    int begin(ObjectNode change, boolean waits) throws InterruptedException {
        return follow(
                cluster.ask(ApiCall.change("POST", "/_miroir/topology/change", change)), waits);
    }

    /** Takes back the one that is under way. */
    int takeBack(boolean waits) throws InterruptedException {
        return follow(cluster.ask(ApiCall.delete("/_miroir/topology/change")), waits);
    }

    /** Tells how far the one is that is under way. */
    int status(boolean waits) throws InterruptedException {
        Optional<JsonNode> status = cluster.ask(STATUS);
        if (status.isPresent() && !isRunning(status.get())) {
            out.println("The nodes do not change.");
            out.flush();
            return ExitCode.OK.code();
        }
        return follow(status, waits);
    }

    private int follow(Optional<JsonNode> begun, boolean waits) throws InterruptedException {
        if (begun.isEmpty()) {
            return ExitCode.REFUSED.code();
        }
        JsonNode now = begun.get();
        String name = now.path(CHANGE).asString("");
        tell(now);
        while (waits && isRunning(now) && now.path(CHANGE).asString("").equals(name)) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
            Optional<JsonNode> next = cluster.ask(STATUS);
            if (next.isEmpty()) {
                err.println("miroir: the change goes on: see miroir cluster rebalance status");
                return ExitCode.FAILED.code();
            }
            now = next.get();
            tell(now);
        }
        if (!isRunning(now)) {
            out.println("Done: " + name + '.');
            out.flush();
        }
        return ExitCode.OK.code();
    }

    private static boolean isRunning(JsonNode status) {
        return status.path("in_progress").asBoolean();
    }

    /** A line each time that something is new. */
    private void tell(JsonNode status) {
        if (!isRunning(status)) {
            return;
        }
        int all = status.path("to_move").asInt() + status.path("to_free").asInt();
        int done = status.path("moved").asInt() + status.path("freed").asInt();
        int filled = all == 0 ? BAR_CHARS : done * BAR_CHARS / all;
        StringBuilder line = new StringBuilder(status.path(CHANGE).asString(""));
        line.append(" [").append("#".repeat(filled)).append(".".repeat(BAR_CHARS - filled));
        line.append("] ").append(status.path("moved").asInt()).append(" of ");
        line.append(status.path("to_move").asInt()).append(" replicas moved, ");
        line.append(status.path("freed").asInt()).append(" of ");
        line.append(status.path("to_free").asInt()).append(" let go of");
        status.path("silent_nodes")
                .forEach(node -> line.append(", ").append(node.asString("")).append(" is silent"));
        if (!told.contentEquals(line)) {
            told = line.toString();
            err.println(told);
            err.flush();
        }
    }
}
