package io.miroir.embedded.store;

import io.miroir.api.Json;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.webhooks.Webhook;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One change of what the node remembers. Changes that are committed together hold together. */
public sealed interface Change {
    /** A task is new or has changed. */
    record PutTask(TaskRow task) implements Change {}

    /** A task is forgotten. */
    record DropTask(long uid) implements Change {}

    /**
     * Indexes got other names, and so did they in the tasks before.
     *
     * @param names new names by old ones
     * @param below only tasks with lower numbers
     */
    record RenameInTasks(Map<String, String> names, long below) implements Change {
        public RenameInTasks {
            names = Map.copyOf(names);
        }
    }

    /** An index is new or has changed. */
    record PutIndex(IndexRow index) implements Change {}

    /** An index is gone. */
    record DropIndex(String uid) implements Change {}

    /** A key is new or has changed. */
    record PutKey(ApiKey key) implements Change {}

    /** A key is gone. */
    record DropKey(String uid) implements Change {}

    /** The experimental features are now these. */
    record PutFeatures(ObjectNode features) implements Change {}

    /** A webhook is new or has changed. */
    record PutWebhook(Webhook webhook) implements Change {}

    /** A webhook is gone. */
    record DropWebhook(String uuid) implements Change {}

    /** The numbers that tasks and batches get next, so that none is given out twice. */
    record Counters(long nextTaskUid, long nextBatchUid) implements Change {}

    /** The form it has in the journal. */
    default ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("change", getClass().getSimpleName());
        switch (this) {
            case PutTask put -> json.set("task", put.task.toJson());
            case DropTask drop -> json.put("uid", drop.uid);
            case RenameInTasks rename -> {
                ObjectNode names = json.putObject("names");
                rename.names.forEach(names::put);
                json.put("below", rename.below);
            }
            case PutIndex put -> json.set("index", put.index.toRow());
            case DropIndex drop -> json.put("uid", drop.uid);
            case PutKey put -> json.set("key", put.key.toJson(""));
            case DropKey drop -> json.put("uid", drop.uid);
            case PutFeatures put -> json.set("features", put.features);
            case PutWebhook put -> json.set("webhook", put.webhook.toRow());
            case DropWebhook drop -> json.put("uuid", drop.uuid);
            case Counters counters -> {
                json.put("nextTaskUid", counters.nextTaskUid);
                json.put("nextBatchUid", counters.nextBatchUid);
            }
        }
        return json;
    }

    /** Reads it back. */
    static Change fromJson(JsonNode json) {
        String kind = json.get("change").stringValue();
        return switch (kind) {
            case "PutTask" -> new PutTask(TaskRow.fromJson(json.get("task")));
            case "DropTask" -> new DropTask(json.get("uid").longValue());
            case "RenameInTasks" -> {
                Map<String, String> names = new HashMap<>();
                json.get("names")
                        .properties()
                        .forEach(e -> names.put(e.getKey(), e.getValue().stringValue()));
                yield new RenameInTasks(names, json.get("below").longValue());
            }
            case "PutIndex" -> new PutIndex(IndexRow.fromRow(json.get("index")));
            case "DropIndex" -> new DropIndex(json.get("uid").stringValue());
            case "PutKey" -> new PutKey(ApiKey.fromJson(json.get("key")));
            case "DropKey" -> new DropKey(json.get("uid").stringValue());
            case "PutFeatures" -> new PutFeatures((ObjectNode) json.get("features"));
            case "PutWebhook" -> new PutWebhook(Webhook.fromRow(json.get("webhook")));
            case "DropWebhook" -> new DropWebhook(json.get("uuid").stringValue());
            case "Counters" ->
                    new Counters(
                            json.get("nextTaskUid").longValue(),
                            json.get("nextBatchUid").longValue());
            default -> throw new IllegalStateException("unknown change in the journal: " + kind);
        };
    }
}
