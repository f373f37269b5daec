package io.miroir.bench.load;

import io.miroir.api.Json;
import io.miroir.bench.tools.Await;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** A node is added, and followed until the change has ended. */
final class Arrival {
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofHours(6);
    private static final Duration BEGIN_PATIENCE = Duration.ofMinutes(2);
    private static final int REFUSED = 409;
    private static final String COPIES = "miroir_repairs_running";
    private static final String COPIED = "miroir_repair_documents_copied_total";
    private static final String FREED = "miroir_rebalance_documents_migrated_total";

    private final Server admin;
    private final String node;
    private final URI address;
    private long copyingNanos;

    Arrival(Server admin, String node, URI address) {
        this.admin = admin;
        this.node = node;
        this.address = address;
    }

    /**
     * What it was.
     *
     * @param seconds from begin to end
     * @param copyingSeconds of these, in which documents were copied
     * @param copied documents that were sent to the node
     * @param freed documents that were deleted where others have them instead
     */
    record Moved(double seconds, double copyingSeconds, long copied, long freed) {}

    /**
     * Begins, and comes back at the end.
     *
     * @param copying is told, again and again, whether documents are being copied
     */
    Moved run(Consumer<Boolean> copying) {
        long copiedBefore = (long) metric(COPIED);
        long freedBefore = (long) metric(FREED);
        begin();
        long begunNanos = System.nanoTime();
        long[] lookedNanos = {begunNanos};
        Await.until(
                "the change ends",
                PATIENCE,
                () -> {
                    boolean copies = metric(COPIES) > 0;
                    copying.accept(copies);
                    long now = System.nanoTime();
                    copyingNanos += copies ? now - lookedNanos[0] : 0;
                    lookedNanos[0] = now;
                    Await.pause(LOOK);
                    return !admin.ask("GET", "/_miroir/rebalance/status", null)
                            .path("in_progress")
                            .asBoolean();
                });
        return new Moved(
                (System.nanoTime() - begunNanos) / 1e9,
                copyingNanos / 1e9,
                (long) metric(COPIED) - copiedBefore,
                (long) metric(FREED) - freedBefore);
    }

    /** As an operator does who is told that it can't be made just now: asks again. */
    private void begin() {
        JsonNode change =
                Json.object()
                        .put("change", "add_node")
                        .put("node", node)
                        .put("group", 0)
                        .put("address", address.toString());
        Await.until(
                "the change is taken",
                BEGIN_PATIENCE,
                () -> {
                    HttpResponse<byte[]> answer =
                            admin.send("POST", "/_miroir/topology/change", Json.bytes(change));
                    if (answer.statusCode() != REFUSED) {
                        Server.requireOk(answer);
                        return true;
                    }
                    Await.pause(LOOK);
                    return false;
                });
    }

    /** One without labels. */
    private double metric(String name) {
        byte[] all = admin.send("GET", "/_miroir/metrics", null).body();
        return new String(all, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length()).strip()))
                .sum();
    }
}
