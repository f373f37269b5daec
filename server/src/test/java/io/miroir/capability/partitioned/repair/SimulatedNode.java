package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A node of one index in memory: takes tasks, and does them when it is told to. */
final class SimulatedNode {
    private static final Pattern SEQ_ABOVE = Pattern.compile("_miroir_seq > \"([-_]+)\"");
    private static final Pattern VALUE = Pattern.compile("\"([-_]+)\"");

    final Map<String, ObjectNode> documents = new TreeMap<>();
    private final Deque<Task> queue = new ArrayDeque<>();
    private final List<Task> tasks = new ArrayList<>();
    private JsonNode settings = Json.object();
    private boolean exists = true;

    /** What a task does to the documents. */
    interface Work extends Consumer<Map<String, ObjectNode>> {}

    /** A task of the index. */
    static final class Task {
        private final long uid;
        private final String type;
        private final @Nullable String mark;
        private final Work work;
        private final boolean fails;
        String status = "enqueued";

        private Task(long uid, String type, @Nullable String mark, Work work, boolean fails) {
            this.uid = uid;
            this.type = type;
            this.mark = mark;
            this.work = work;
            this.fails = fails;
        }

        long uid() {
            return uid;
        }

        boolean isDone() {
            return !status.equals("enqueued");
        }

        /** Whether it fails, or will. */
        boolean fails() {
            return fails;
        }

        boolean succeeded() {
            return status.equals("succeeded");
        }
    }

    Task enqueue(String type, @Nullable String mark, Work work, boolean fails) {
        Task task = new Task(tasks.size() + 1, type, mark, work, fails);
        tasks.add(task);
        queue.add(task);
        return task;
    }

    /** Does the next task, if there is one. */
    boolean work() {
        Task next = queue.poll();
        if (next == null) {
            return false;
        }
        next.status = next.fails ? "failed" : "succeeded";
        if (!next.fails) {
            next.work.accept(documents);
        }
        return true;
    }

    /** The number of its latest task; 0 for none. */
    long latest() {
        return tasks.size();
    }

    boolean isAtRest() {
        return queue.isEmpty();
    }

    /** The disk is gone; numbers of tasks go on, as those of a node that was told apart. */
    void loseDisk() {
        documents.clear();
        queue.forEach(task -> task.status = "failed");
        queue.clear();
        exists = false;
        settings = Json.object();
    }

    private void drop(Map<String, ObjectNode> held) {
        held.clear();
        exists = false;
        settings = Json.object();
    }

    NodeReply answer(NodeRequest request, boolean fails) {
        String path = request.target();
        if (path.startsWith("/tasks")) {
            return tasks(path);
        }
        if (request.method().equals("POST") && path.equals("/indexes")) {
            return taken("indexCreation", request, _ -> exists = true, fails);
        }
        if (request.method().equals("DELETE") && path.startsWith("/indexes/")) {
            return taken("indexDeletion", request, this::drop, fails);
        }
        if (!exists) {
            return new NodeReply.Refusal(404, "index_not_found", "no index", Json.object());
        }
        if (path.endsWith("/documents/fetch")) {
            return ok(fetch(body(request)));
        }
        if (path.contains("/documents/delete-batch")) {
            JsonNode ids = body(request);
            return taken(
                    "documentDeletion",
                    request,
                    held -> ids.forEach(id -> held.remove(id.asString())),
                    fails);
        }
        if (path.contains("/documents/delete?")) {
            String filter = body(request).path("filter").asString();
            Set<String> named = values(filter);
            Work work =
                    isOfShards(request)
                            ? held -> held.values().removeIf(one -> named.contains(shard(one)))
                            : held -> removeWritings(held, named);
            return taken("documentDeletion", request, work, fails);
        }
        if (path.contains("/documents?")) {
            List<ObjectNode> lines = lines(request);
            return taken(
                    "documentAdditionOrUpdate",
                    request,
                    held -> lines.forEach(one -> held.put(one.path("id").asString(), one)),
                    fails);
        }
        if (path.endsWith("/settings") && request.method().equals("PATCH")) {
            JsonNode wanted = body(request);
            return taken("settingsUpdate", request, _ -> settings = wanted, fails);
        }
        return ok(path.endsWith("/settings") ? settings : Json.object().put("primaryKey", "id"));
    }

    /** Whether somebody asks for what is not done yet, or for what became of a task. */
    static boolean isWait(NodeRequest request) {
        String target = request.target();
        return target.startsWith("/tasks/") || target.contains("statuses=enqueued");
    }

    /** Whether all documents of some shards are to be deleted. */
    static boolean isOfShards(NodeRequest request) {
        return request.target().contains("/documents/delete?")
                && body(request).path("filter").asString().startsWith(Separators.SHARD_FIELD);
    }

    /** The shards that a request speaks of, as documents have them. */
    static Set<String> shards(NodeRequest request) {
        return values(body(request).path("filter").asString());
    }

    /** What a request carries; empty for nothing. */
    static String mark(NodeRequest request) {
        return parameters(request.target()).getOrDefault("customMetadata", "");
    }

    static String shard(JsonNode document) {
        return document.path(Separators.SHARD_FIELD).asString();
    }

    static void removeWritings(Map<String, ObjectNode> held, Set<String> seqs) {
        held.values().removeIf(one -> seqs.contains(seq(one)));
    }

    static String seq(JsonNode document) {
        return document.path(Separators.SEQ_FIELD).asString();
    }

    private NodeReply taken(String type, NodeRequest request, Work work, boolean fails) {
        Task task = enqueue(type, parameters(request.target()).get("customMetadata"), work, fails);
        return new NodeReply.Answer(202, Json.object().put("taskUid", task.uid()));
    }

    private NodeReply tasks(String target) {
        if (!target.contains("?")) {
            long uid = Long.parseLong(target.substring(target.lastIndexOf('/') + 1));
            return ok(told(tasks.get((int) uid - 1)));
        }
        Map<String, String> asked = parameters(target);
        List<String> statuses = List.of(asked.getOrDefault("statuses", "").split(","));
        List<String> types = List.of(asked.getOrDefault("types", "").split(","));
        boolean oldestFirst = asked.containsKey("reverse");
        long from = Long.parseLong(asked.getOrDefault("from", "" + Long.MAX_VALUE));
        ArrayNode results = Json.array();
        long total = 0;
        for (Task task : oldestFirst ? tasks : tasks.reversed()) {
            boolean wanted =
                    (oldestFirst ? task.uid >= from : task.uid <= from)
                            && (!asked.containsKey("statuses") || statuses.contains(task.status))
                            && (!asked.containsKey("types") || types.contains(task.type));
            total += wanted ? 1 : 0;
            if (wanted && results.size() < Integer.parseInt(asked.get("limit"))) {
                results.add(told(task));
            }
        }
        return ok(Json.object().put("total", total).set("results", results));
    }

    private static ObjectNode told(Task task) {
        ObjectNode told = Json.object().put("uid", task.uid).put("status", task.status);
        return task.mark == null ? told : told.put("customMetadata", task.mark);
    }

    private ObjectNode fetch(JsonNode request) {
        String filter = request.path("filter").toString().replace("\\\"", "\"");
        Matcher above = SEQ_ABOVE.matcher(filter);
        String after = above.find() ? above.group(1) : "";
        Set<String> values = values(filter);
        Set<String> ids = new HashSet<>();
        request.path("ids").forEach(id -> ids.add(id.asString()));
        ArrayNode results = Json.array();
        List<ObjectNode> found =
                documents.values().stream()
                        .filter(one -> seq(one).compareTo(after) > 0)
                        .filter(one -> values.contains(shard(one)))
                        .filter(
                                one ->
                                        !request.has("ids")
                                                || ids.contains(one.path("id").asString()))
                        .toList();
        found.stream()
                .sorted(Comparator.comparing(SimulatedNode::seq))
                .limit(request.path("limit").asInt())
                .forEach(one -> results.add(one.deepCopy()));
        ObjectNode answer = Json.object().put("total", found.size());
        answer.set("results", results);
        return answer;
    }

    private static Set<String> values(String filter) {
        Set<String> values = new HashSet<>();
        Matcher all = VALUE.matcher(filter);
        while (all.find()) {
            values.add(all.group(1));
        }
        return values;
    }

    private static List<ObjectNode> lines(NodeRequest request) {
        List<ObjectNode> lines = new ArrayList<>();
        for (String line : text(request).split("\n", -1)) {
            if (!line.isEmpty()) {
                lines.add(Json.parseObject(line));
            }
        }
        return lines;
    }

    private static JsonNode body(NodeRequest request) {
        return Json.parse(text(request));
    }

    private static String text(NodeRequest request) {
        return switch (request.body()) {
            case NodeBody.Bytes bytes ->
                    StandardCharsets.UTF_8.decode(bytes.utf8().duplicate()).toString();
            case NodeBody.Stream _ -> throw new AssertionError("copies are sent from memory");
            case null -> throw new AssertionError("no body");
        };
    }

    private static Map<String, String> parameters(String target) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : target.substring(target.indexOf('?') + 1).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (parts.length == 2) {
                parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }

    private static NodeReply ok(JsonNode body) {
        // As it is read from the wire: a number has no type of Java's.
        return new NodeReply.Answer(200, Json.parse(Json.bytes(body)));
    }
}
