package io.miroir.cli;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** `miroir verify`: are all replicas the same? */
@Command(
        name = "verify",
        description = {
            "Compares the replicas of all indexes now, and prints what it found. Writes go on.",
            "Ends with 0 if all that were compared are the same, with 6 if some differ or could not"
                    + " be compared. What most others outvote is copied anew; where nobody is in"
                    + " the majority nothing is changed. With anti_entropy.shards_per_pass it"
                    + " compares so many, and goes on with the next ones when it is called again."
        },
        footer = {
            "",
            "Example:",
            "  MIROIR_ADMIN_API_KEY=... miroir verify --from http://10.0.0.1:7700"
        },
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long ASK_AGAIN_MILLIS = 200;
    private static final String PATH = "/_miroir/anti-entropy";
    private static final Set<String> OVER = Set.of("done", "failed", "never");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--from",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:7700",
            description = "a pod's client port (default: ${DEFAULT-VALUE})")
    private URI pod = URI.create("http://127.0.0.1:7700");

    @Option(
            names = "--admin-key",
            paramLabel = "KEY",
            defaultValue = "${env:MIROIR_ADMIN_API_KEY}",
            description = "of the pod (better from MIROIR_ADMIN_API_KEY, which nobody sees)")
    private @Nullable String adminKey;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "how long it may take (default: ${DEFAULT-VALUE})")
    private int waitSeconds = 3_600;

    @Override
    public Integer call() throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
        try (HttpCaller caller = new HttpCaller()) {
            JsonNode indexes = ask(caller, ApiCall.change("POST", PATH, Json.object()));
            while (!isOver(indexes) && System.nanoTime() - giveUpNanos < 0) {
                Thread.sleep(ASK_AGAIN_MILLIS);
                indexes = ask(caller, ApiCall.get(PATH));
            }
            if (!isOver(indexes)) {
                throw new IOException("not done after " + waitSeconds + " s; it goes on");
            }
            return (tell(indexes) ? ExitCode.OK : ExitCode.REFUSED).code();
        } catch (IOException failed) {
            spec.commandLine().getErr().println("miroir verify: " + failed.getMessage());
            return ExitCode.FAILED.code();
        }
    }

    private JsonNode ask(HttpCaller caller, ApiCall call) throws IOException {
        ApiAnswer answer = caller.call(pod, adminKey == null ? "" : adminKey, call, PATIENCE);
        if (!answer.isSuccess()) {
            throw new IOException(answer.json().path("message").asString(answer.text()));
        }
        return answer.json().path("indexes");
    }

    private static boolean isOver(JsonNode indexes) {
        return indexes.valueStream().allMatch(one -> OVER.contains(one.path("state").asString("")));
    }

    /** Which shards these are, if not all. */
    private static String part(JsonNode pass) {
        int compared = pass.path("shards").asInt() + pass.path("unsure").asInt();
        int all = pass.path("of_shards").asInt();
        return compared >= all
                ? ""
                : " of %d from %d on, the next time from %d on"
                        .formatted(
                                all,
                                pass.path("first_shard").asInt(),
                                pass.path("next_shard").asInt(pass.path("first_shard").asInt()));
    }

    /** Whether all is well. */
    private boolean tell(JsonNode indexes) {
        PrintWriter out = spec.commandLine().getOut();
        boolean well = true;
        for (Map.Entry<String, JsonNode> index : indexes.properties()) {
            JsonNode pass = index.getValue();
            out.printf(
                    "%-24s %-8s %d shards%s, %d documents, %d differ, %d unsure%n",
                    index.getKey(),
                    pass.path("state").asString(""),
                    pass.path("shards").asInt(),
                    part(pass),
                    pass.path("documents").asLong(),
                    pass.path("mismatches").asInt(),
                    pass.path("unsure").asInt());
            for (JsonNode finding : pass.path("findings")) {
                String nodes =
                        finding.path("nodes").isArray() ? finding.path("nodes").toString() : "";
                out.printf(
                        "  shard %-6d %s %s%s%n",
                        finding.path("shard").asInt(),
                        finding.path("found").asString(""),
                        nodes,
                        finding.path("why").asString(""));
            }
            well &=
                    pass.path("state").asString("").equals("done")
                            && pass.path("mismatches").asInt() == 0
                            && pass.path("unsure").asInt() == 0;
        }
        out.flush();
        return well;
    }
}
