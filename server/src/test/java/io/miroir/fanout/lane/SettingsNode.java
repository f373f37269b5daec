package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A node that keeps settings as Meilisearch does, and can be made to fail at it. */
final class SettingsNode {
    private final ObjectNode settings = NodeSettings.derive(Settings.defaults());
    private final Map<Long, @Nullable String> errors = new HashMap<>();
    private final List<String> took = new ArrayList<>();
    private String physicalUid = "";
    private long tasks;

    /** How it fails. */
    enum Fault {
        NONE,
        /** Its tasks of settings fail. */
        REFUSES,
        /** Its tasks succeed and nothing has changed. */
        IGNORES,
        /** It answers nobody. */
        SILENT,
        /** Its tasks don't end. */
        WORKS
    }

    private Fault fault = Fault.NONE;

    synchronized void fail(Fault how) {
        fault = how;
    }

    /** The changes of settings that it was sent. */
    synchronized List<String> took() {
        return List.copyOf(took);
    }

    /** Forgets what it was sent so far. */
    synchronized void forget() {
        took.clear();
    }

    synchronized JsonNode setting(String key) {
        return settings.path(key);
    }

    /** Changes them behind the pod's back. */
    synchronized void change(String json) {
        change(Json.parse(json));
    }

    synchronized NodeReply answer(NodeRequest request) {
        if (fault == Fault.SILENT) {
            return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "down");
        }
        String target = request.target();
        if (target.startsWith("/tasks?")) {
            return new NodeReply.Answer(200, list(target));
        }
        if (target.startsWith("/tasks/")) {
            return new NodeReply.Answer(200, task(Long.parseLong(target.substring(7))));
        }
        if (request.method().equals("GET")) {
            return new NodeReply.Answer(200, settings.deepCopy());
        }
        long uid = ++tasks;
        if (target.startsWith("/indexes/")) {
            physicalUid = target.split("/", -1)[2];
        }
        if (request.method().equals("PATCH") && request.body() instanceof NodeBody.Bytes body) {
            JsonNode change = Json.parse(StandardCharsets.UTF_8.decode(body.utf8()).toString());
            took.add(change.path("stopWords").toString());
            if (fault == Fault.REFUSES) {
                errors.put(uid, "no room");
            } else if (fault != Fault.IGNORES) {
                change(change);
            }
        }
        return new NodeReply.Answer(202, Json.object().put("taskUid", uid));
    }

    private ObjectNode list(String target) {
        ObjectNode answer = Json.object();
        ArrayNode results = answer.putArray("results");
        if (target.contains("uids=") && !target.contains("statuses=")) {
            for (String uid : target.substring(target.lastIndexOf('=') + 1).split(",", -1)) {
                results.add(task(Long.parseLong(uid)));
            }
        } else if (fault == Fault.WORKS) {
            results.addObject().put("uid", 1);
        }
        return answer;
    }

    private ObjectNode task(long uid) {
        String error = errors.get(uid);
        String status = error == null ? "succeeded" : "failed";
        ObjectNode task = Json.object();
        task.put("uid", uid);
        task.put("indexUid", physicalUid);
        task.put("status", fault == Fault.WORKS ? "processing" : status);
        if (error != null) {
            task.putObject("error").put("code", "internal").put("message", error);
        }
        return task;
    }

    private void change(JsonNode change) {
        ObjectNode embedders = settings.withObject("embedders").deepCopy();
        change.properties().forEach(e -> settings.set(e.getKey(), e.getValue()));
        for (Map.Entry<String, JsonNode> embedder : change.path("embedders").properties()) {
            if (embedder.getValue().isNull()) {
                embedders.remove(embedder.getKey());
            } else {
                ObjectNode merged = embedders.withObject(embedder.getKey());
                for (Map.Entry<String, JsonNode> member : embedder.getValue().properties()) {
                    if (member.getValue().isNull()) {
                        merged.remove(member.getKey());
                    } else {
                        merged.set(member.getKey(), member.getValue());
                    }
                }
            }
        }
        settings.set("embedders", embedders);
    }
}
