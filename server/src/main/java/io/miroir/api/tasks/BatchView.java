package io.miroir.api.tasks;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tasks that were worked on together, as clients see them.
 *
 * @param uid its number
 * @param tasks the tasks, at least one
 */
public record BatchView(long uid, List<TaskView> tasks) {
    /** Why the batch holds what it holds, in words. */
    private static final String STRATEGY = "batched all enqueued tasks that go together";

    public BatchView {
        tasks = List.copyOf(tasks);
    }

    /** The batch object. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("uid", uid);
        json.putNull("progress");
        json.set("details", details());
        ObjectNode stats = json.putObject("stats");
        stats.put("totalNbTasks", tasks.size());
        ObjectNode status = stats.putObject("status");
        ObjectNode types = stats.putObject("types");
        ObjectNode indexUids = stats.putObject("indexUids");
        for (TaskView task : tasks) {
            count(status, task.status().wireName());
            count(types, task.subject().type().wireName());
            String indexUid = task.subject().indexUid();
            if (indexUid != null) {
                count(indexUids, indexUid);
            }
        }
        Instant startedAt = tasks.getFirst().times().startedAt();
        Instant finishedAt = tasks.getFirst().times().finishedAt();
        Duration duration = tasks.getFirst().times().duration();
        json.put("duration", duration == null ? null : Timestamps.iso8601(duration));
        json.put("startedAt", startedAt == null ? null : Timestamps.rfc3339(startedAt));
        json.put("finishedAt", finishedAt == null ? null : Timestamps.rfc3339(finishedAt));
        json.put("batchStrategy", STRATEGY);
        return json;
    }

    /** The details of all tasks: numbers are summed, other values are those of the last task. */
    private ObjectNode details() {
        ObjectNode sum = Json.object();
        for (TaskView task : tasks) {
            ObjectNode details = task.details();
            if (details == null) {
                continue;
            }
            for (var member : details.properties()) {
                JsonNode before = sum.path(member.getKey());
                JsonNode value = member.getValue();
                if (before.isIntegralNumber() && value.isIntegralNumber()) {
                    sum.put(member.getKey(), before.longValue() + value.longValue());
                } else if (!value.isNull() || showsNulls(task)) {
                    sum.set(member.getKey(), value);
                }
            }
        }
        return sum;
    }

    /** Of a batch that has ended, only settings that were set back are shown as null. */
    private static boolean showsNulls(TaskView task) {
        return task.times().finishedAt() == null
                || task.subject().type() == TaskType.SETTINGS_UPDATE;
    }

    private static void count(ObjectNode counts, String key) {
        @Nullable JsonNode before = counts.get(key);
        counts.put(key, before == null ? 1 : before.longValue() + 1);
    }
}
