package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Nodes of a {@link LaneFixture} that keep their tasks, whose ends a test decides. */
final class TaskNodes {
    private static final Set<String> OPEN = Set.of("enqueued", "processing");

    private final LaneFixture pod;
    private final Map<String, ConcurrentSkipListMap<Long, ObjectNode>> nodes =
            new ConcurrentHashMap<>();

    /** The status that a task begins with, by its node and its documents. */
    volatile BiFunction<String, String, String> fresh = (_, _) -> "succeeded";

    TaskNodes(LaneFixture pod) {
        this.pod = pod;
        pod.node = this::act;
        pod.reads = this::tell;
    }

    /** A node's tasks by their numbers. */
    Map<Long, ObjectNode> of(String node) {
        return nodes.computeIfAbsent(node, _ -> new ConcurrentSkipListMap<>());
    }

    /** Ends what a node has not ended. */
    void end(String node, String status) {
        of(node).values().forEach(task -> end(task, status));
    }

    /** Ends a task, if it has not ended. */
    static void end(ObjectNode task, String status) {
        if (OPEN.contains(task.path("status").asString())) {
            task.put("status", status);
        }
    }

    private NodeReply act(String node, NodeRequest request) {
        if (request.target().startsWith("/tasks/cancel")) {
            uids(request.target())
                    .forEach(uid -> end(requireNonNull(of(node).get(uid)), "canceled"));
            return pod.accepted();
        }
        NodeReply.Answer accepted = (NodeReply.Answer) pod.accepted();
        long uid = accepted.body().path("taskUid").asLong();
        String target = URLDecoder.decode(request.target(), UTF_8);
        String status = fresh.apply(node, body(request));
        ObjectNode task = Json.object().put("uid", uid).put("status", status);
        task.put("type", target.endsWith("/compact") ? "indexCompaction" : "another");
        task.put("indexUid", target.startsWith("/indexes/") ? target.split("[/?]", -1)[2] : "m1");
        int mark = target.indexOf("customMetadata=");
        if (mark >= 0) {
            task.put("customMetadata", target.substring(mark + "customMetadata=".length()));
        }
        task.putObject("details");
        task.putObject("error").put("code", "x").put("message", "A fault.");
        of(node).put(uid, task);
        return accepted;
    }

    NodeReply tell(String node, NodeRequest request) {
        if (request.target().endsWith("/settings")) {
            return new NodeReply.Answer(200, NodeSettings.derive(Settings.defaults()));
        }
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        List<Long> asked = uids(request.target());
        of(node).forEach(
                        (uid, task) -> {
                            if (asked.isEmpty() || asked.contains(uid)) {
                                results.add(task.deepCopy());
                            }
                        });
        return new NodeReply.Answer(200, body);
    }

    private static List<Long> uids(String target) {
        int at =
                target.indexOf("?uids=") >= 0 ? target.indexOf("?uids=") : target.indexOf("&uids=");
        return at < 0
                ? List.of()
                : List.of(target.substring(at + "?uids=".length()).split(",", -1)).stream()
                        .map(Long::valueOf)
                        .toList();
    }

    /** What a request carries. */
    static String body(NodeRequest request) {
        return switch (request.body()) {
            case NodeBody.Stream stream -> {
                try (var in = stream.open().get()) {
                    byte[] bytes = in.readAllBytes();
                    if (bytes.length != stream.lengthBytes()) {
                        throw new IllegalStateException("not " + stream.lengthBytes() + " bytes");
                    }
                    yield new String(bytes, UTF_8);
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            }
            case NodeBody.Bytes bytes -> UTF_8.decode(bytes.utf8().duplicate()).toString();
            case null -> "";
        };
    }
}
