package io.miroir.bench.load;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A node that swallows documents and has always done all of its tasks. It remembers what makes a
 * pod take it for one: names, settings, numbers.
 */
final class NullNode implements ThinNode.Answers {
    /** Pods ask for tasks soon. */
    private static final int TASKS_MAX = 10_000;

    private static final String DOCUMENTS = "/documents";
    private static final String VERSION = "1.50.0";

    private final Map<String, ObjectNode> settings = new HashMap<>();
    private final Map<String, JsonNode> marks = new HashMap<>();
    private final Map<Long, ObjectNode> tasks =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, ObjectNode> eldest) {
                    return size() > TASKS_MAX;
                }
            };
    private long latest;

    /** Documents of clients. */
    @Override
    public boolean swallows(String target) {
        return target.startsWith("/indexes/m")
                && !target.startsWith("/indexes/miroir")
                && target.contains(DOCUMENTS);
    }

    @Override
    public synchronized ThinNode.Answer answer(String method, String target, byte[] body) {
        String path = target.split("\\?", 2)[0];
        String[] parts = path.split("/", -1);
        if (method.equals("GET")) {
            return read(target, path, parts);
        }
        String index = parts.length > 2 && parts[1].equals("indexes") ? parts[2] : "";
        if (path.equals("/indexes")) {
            index = Json.parse(body).path("uid").asString("");
        } else if (path.endsWith("/settings") && method.equals("PATCH")) {
            ObjectNode known = settingsOf(index);
            Json.parse(body).properties().forEach(one -> known.set(one.getKey(), one.getValue()));
        } else if (path.endsWith(DOCUMENTS) && body.length > 0) {
            JsonNode document = Json.parse(body).path(0);
            marks.put(index, document);
        }
        return answer(202, task(index, parameter(target, "customMetadata")));
    }

    private ThinNode.Answer read(String target, String path, String[] parts) {
        if (path.equals("/tasks")) {
            return answer(200, list(target));
        }
        if (path.startsWith("/tasks/")) {
            ObjectNode task = tasks.get(Long.parseLong(parts[2]));
            return task == null ? notFound() : answer(200, task);
        }
        if (path.endsWith("/settings")) {
            return answer(200, settingsOf(parts[2]));
        }
        if (path.contains(DOCUMENTS)) {
            JsonNode document = marks.get(parts[2]);
            return document == null ? notFound() : answer(200, document);
        }
        return answer(200, Json.object().put("pkgVersion", VERSION).put("status", "available"));
    }

    private ObjectNode settingsOf(String index) {
        return settings.computeIfAbsent(index, _ -> NodeSettings.derive(Settings.defaults()));
    }

    private ObjectNode task(String index, @Nullable String metadata) {
        latest++;
        ObjectNode task = Json.object().put("uid", latest).put("indexUid", index);
        task.put("status", "succeeded");
        task.putObject("details").put("indexedDocuments", 0);
        if (metadata != null) {
            task.put("customMetadata", metadata);
        }
        tasks.put(latest, task);
        return Json.object().put("taskUid", latest).put("indexUid", index);
    }

    private ObjectNode list(String target) {
        ObjectNode answer = Json.object();
        ArrayNode results = answer.putArray("results");
        String uids = parameter(target, "uids");
        if (uids != null) {
            for (String uid : uids.split(",", -1)) {
                JsonNode task = tasks.get(Long.parseLong(uid));
                if (task != null) {
                    results.add(task);
                }
            }
        } else if (parameter(target, "statuses") == null && latest > 0) {
            results.add(tasks.get(latest));
        }
        return answer;
    }

    private static ThinNode.Answer answer(int status, JsonNode body) {
        return new ThinNode.Answer(status, Json.bytes(body));
    }

    private static ThinNode.Answer notFound() {
        ObjectNode error = Json.object().put("message", "Not found.").put("code", "not_found");
        return answer(404, error.put("type", "invalid_request").put("link", ""));
    }

    private static @Nullable String parameter(String target, String name) {
        int query = target.indexOf('?');
        for (String pair : target.substring(query + 1).split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return null;
    }
}
