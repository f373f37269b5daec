package io.miroir.cli;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** `miroir cluster`: which pods there are, and how that changes. */
@Command(
        name = "cluster",
        description = {
            "Tells and changes which pods belong to the cluster, tells of its nodes; any running pod"
                    + " can be asked.",
            "A new pod joins by being started with an empty data_dir and the others in peers: it"
                    + " follows without a vote until it is promoted. A change after which no"
                    + " majority of voters would answer is refused."
        },
        footer = {
            "",
            "Example:",
            "  export MIROIR_ADMIN_API_KEY=...",
            "  miroir cluster status --from http://10.0.0.1:7700",
            "  miroir cluster promote pod-1 pod-2 --from http://10.0.0.1:7700",
            "  miroir cluster replace pod-2 pod-3 --from http://10.0.0.1:7700",
            "  miroir cluster keys --wait 30 --from http://10.0.0.1:7700",
            "  miroir cluster node add node-3 --group 0 --dry-run --from http://10.0.0.1:7700"
        },
        subcommands = {
            ClusterNodeCommand.class,
            ClusterGroupCommand.class,
            ClusterShardCommand.class,
            ClusterRebalanceCommand.class,
            RecoverCommand.class,
            RebuildCommand.class
        },
        mixinStandardHelpOptions = true)
final class ClusterCommand {
    /** A pod that joins may have to be sent all data. */
    private static final Duration PATIENCE = Duration.ofMinutes(11);

    private static final long ASK_AGAIN_MILLIS = 100;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--from",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            defaultValue = "http://127.0.0.1:7700",
            description = "a pod's client port (default: ${DEFAULT-VALUE})")
    private URI pod = URI.create("http://127.0.0.1:7700");

    @Option(
            names = "--admin-key",
            paramLabel = "KEY",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:MIROIR_ADMIN_API_KEY}",
            description = "of the pod (better from MIROIR_ADMIN_API_KEY, which nobody sees)")
    private @Nullable String adminKey;

    @Command(description = "Tells the members, who leads, and how far this pod has come.")
    int status() {
        return show(ApiCall.get("/_miroir/cluster"));
    }

    @Command(description = "Takes a running pod without data in, which can't ask by itself.")
    int join(
            @Parameters(paramLabel = "POD", description = "its pod_id") String id,
            @Option(
                            names = "--raft",
                            required = true,
                            paramLabel = "HOST:PORT",
                            description = "where its Raft port is reached")
                    String raft,
            @Option(
                            names = "--peer",
                            required = true,
                            paramLabel = "HOST:PORT",
                            description = "where its peer port is reached")
                    String peer) {
        return show(change("join", object("pod", id).put("raft", raft).put("peer", peer)));
    }

    @Command(
            description = {
                "Gives a pod that has caught up a vote, or several one after the other; at most"
                        + " five have one."
            })
    int promote(
            @Parameters(paramLabel = "POD", arity = "1..*", description = "its pod_id")
                    List<String> ids) {
        return show(ids.stream().map(id -> change("promote", object("pod", id))).toList());
    }

    @Command(description = "Strikes a pod off, alive or dead. Stop it for good afterwards.")
    int leave(@Parameters(paramLabel = "POD", description = "its pod_id") String id) {
        return show(change("leave", object("pod", id)));
    }

    @Command(description = "Gives the vote of a pod that is lost to one that has joined.")
    int replace(
            @Parameters(paramLabel = "LOST", description = "pod_id of the voter that goes")
                    String lost,
            @Parameters(paramLabel = "BY", description = "pod_id of the one that has joined")
                    String by) {
        return show(change("replace", object("lost", lost).put("by", by)));
    }

    @Command(
            description = {
                "Tells by fingerprints which keys, secrets and certificates each pod knows; every"
                        + " pod reads its files anew for it.",
                "Ends with 0 if all pods agree: then the next step of an exchange may follow. Else"
                        + " it says what is in the way."
            })
    int keys(
            @Option(
                            names = "--wait",
                            paramLabel = "SECONDS",
                            defaultValue = "0",
                            description = "wait so long for all pods to agree")
                    int waitSeconds)
            throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
        ApiCall call = ApiCall.get("/_miroir/cluster/keys");
        try (HttpCaller caller = new HttpCaller()) {
            while (true) {
                Optional<ApiAnswer> answer = ask(caller, call);
                if (answer.isEmpty() || !answer.get().isSuccess()) {
                    return answer.map(ClusterCommand::exitCode).orElse(ExitCode.FAILED).code();
                }
                JsonNode told = answer.get().json();
                if (told.path("obstacles").isEmpty() || System.nanoTime() - giveUpNanos >= 0) {
                    return tellKeys(told);
                }
                Thread.sleep(ASK_AGAIN_MILLIS);
            }
        }
    }

    private int tellKeys(JsonNode answer) {
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode told : answer.path("pods")) {
            for (JsonNode key : told.path("keys")) {
                String fingerprints =
                        key.path("fingerprints")
                                .valueStream()
                                .map(one -> one.asString(""))
                                .collect(Collectors.joining(" "));
                out.printf(
                        "%-20s %-16s %s%n",
                        told.path("pod").asString(""), key.path("key").asString(""), fingerprints);
            }
        }
        answer.path("sealed")
                .properties()
                .forEach(
                        under ->
                                out.printf(
                                        "%-20s %-16s %s%n",
                                        "sealed secrets",
                                        under.getKey(),
                                        under.getValue().asInt()));
        out.flush();
        for (JsonNode obstacle : answer.path("obstacles")) {
            spec.commandLine().getErr().println("miroir: not yet: " + obstacle.asString(""));
        }
        return (answer.path("obstacles").isEmpty() ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    private static ObjectNode object(String field, String value) {
        return Json.object().put(field, value);
    }

    private static ApiCall change(String name, ObjectNode body) {
        return ApiCall.change("POST", "/_miroir/cluster/" + name, body);
    }

    private int show(ApiCall call) {
        return show(List.of(call));
    }

    /** Asks one after the other until something is in the way; shows the last answer. */
    private int show(List<ApiCall> calls) {
        Optional<ApiAnswer> answer = Optional.empty();
        try (HttpCaller caller = new HttpCaller()) {
            for (ApiCall call : calls) {
                answer = ask(caller, call);
                if (answer.filter(ApiAnswer::isSuccess).isEmpty()) {
                    break;
                }
            }
        }
        answer.filter(ApiAnswer::isSuccess)
                .ifPresent(good -> print(good.json(), spec.commandLine().getOut()));
        return answer.map(ClusterCommand::exitCode).orElse(ExitCode.FAILED).code();
    }

    /** Nothing if the pod does not answer, or with no success; both are told. */
    Optional<JsonNode> ask(ApiCall call) {
        try (HttpCaller caller = new HttpCaller()) {
            return ask(caller, call).filter(ApiAnswer::isSuccess).map(ApiAnswer::json);
        }
    }

    private static ExitCode exitCode(ApiAnswer answer) {
        return answer.isSuccess() ? ExitCode.OK : ExitCode.REFUSED;
    }

    /** Nothing if the pod does not answer. What is no success is told. */
    private Optional<ApiAnswer> ask(HttpCaller caller, ApiCall call) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            ApiAnswer answer = caller.call(pod, adminKey == null ? "" : adminKey, call, PATIENCE);
            if (!answer.isSuccess()) {
                err.println("miroir: " + answer.json().path("message").asString(answer.text()));
            }
            return Optional.of(answer);
        } catch (IOException e) {
            err.println("miroir: " + pod + " does not answer: " + e);
            return Optional.empty();
        }
    }

    private static void print(JsonNode answer, PrintWriter out) {
        if (answer.has("pod")) {
            out.printf(
                    "pod %s, %s, leader %s, term %d, applied %d of %d, format %d%n",
                    answer.path("pod").asString(""),
                    answer.path("role").asString(""),
                    answer.path("leader").asString("none"),
                    answer.path("term").asLong(),
                    answer.path("applied_index").asLong(),
                    answer.path("commit_index").asLong(),
                    answer.path("format").asLong());
        }
        for (JsonNode member : answer.path("members")) {
            out.printf(
                    "  %-20s %-8s %-6s knows format %s, raft %s peer %s%n",
                    member.path("pod").asString(""),
                    member.path("voter").asBoolean() ? "voter" : "listener",
                    member.path("alive").asBoolean() ? "alive" : "silent",
                    member.path("known_format").asString("?"),
                    member.path("raft").asString(""),
                    member.path("peer").asString(""));
        }
        out.flush();
    }
}
