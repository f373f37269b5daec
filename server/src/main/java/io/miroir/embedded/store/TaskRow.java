package io.miroir.embedded.store;

import io.miroir.api.Json;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.api.tasks.TaskType;
import io.miroir.api.tasks.TaskView;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A task: what clients see of it, and what it is to do. */
public record TaskRow(TaskView view, Work work) {
    /** Its number. */
    public long uid() {
        return view.ids().uid();
    }

    /** The task while it is worked on. */
    public TaskRow begun(long batchUid, Instant at) {
        return new TaskRow(
                new TaskView(
                        new TaskView.Ids(uid(), batchUid, null),
                        view.subject(),
                        TaskStatus.PROCESSING,
                        new TaskView.Times(view.times().enqueuedAt(), at, null),
                        view.details(),
                        null),
                work);
    }

    /** The task as it was before work on it began. */
    TaskRow waiting() {
        return new TaskRow(
                new TaskView(
                        new TaskView.Ids(uid(), null, null),
                        view.subject(),
                        TaskStatus.ENQUEUED,
                        new TaskView.Times(view.times().enqueuedAt(), null, null),
                        view.details(),
                        null),
                work);
    }

    /** The task at its end; {@code error} is null unless it failed. */
    public TaskRow ended(
            TaskStatus status,
            @Nullable ObjectNode details,
            @Nullable ObjectNode error,
            Instant at) {
        return new TaskRow(
                new TaskView(
                        view.ids(),
                        view.subject(),
                        status,
                        new TaskView.Times(view.times().enqueuedAt(), view.times().startedAt(), at),
                        details,
                        error),
                work);
    }

    /** The task after another one canceled it before it was worked on. */
    public TaskRow canceled(long batchUid, long by, @Nullable ObjectNode details, Instant at) {
        TaskRow begun = begun(batchUid, at);
        TaskView view = begun.ended(TaskStatus.CANCELED, details, null, at).view;
        return new TaskRow(
                new TaskView(
                        new TaskView.Ids(uid(), batchUid, by),
                        view.subject(),
                        view.status(),
                        view.times(),
                        view.details(),
                        null),
                work);
    }

    /** The task after the indexes it is about got other names. */
    public TaskRow renamed(UnaryOperator<String> names) {
        List<String> uids = view.subject().indexUids().stream().map(names).toList();
        return new TaskRow(
                new TaskView(
                        view.ids(),
                        new TaskView.Subject(
                                view.subject().type(), uids, view.subject().customMetadata()),
                        view.status(),
                        view.times(),
                        view.details(),
                        view.error()),
                work);
    }

    ObjectNode toJson() {
        ObjectNode json = view.toJson();
        var uids = json.putArray("indexUids");
        view.subject().indexUids().forEach(uids::add);
        json.set("work", work.toJson());
        return json;
    }

    static TaskRow fromJson(JsonNode json) {
        JsonNode metadata = json.path("customMetadata");
        return new TaskRow(
                new TaskView(
                        new TaskView.Ids(
                                json.get("uid").longValue(),
                                number(json.get("batchUid")),
                                number(json.get("canceledBy"))),
                        new TaskView.Subject(
                                TaskType.named(json.get("type").stringValue()).orElseThrow(),
                                json.get("indexUids")
                                        .valueStream()
                                        .map(JsonNode::stringValue)
                                        .toList(),
                                metadata.isString() ? metadata.stringValue() : null),
                        TaskStatus.named(json.get("status").stringValue()).orElseThrow(),
                        new TaskView.Times(
                                Instant.parse(json.get("enqueuedAt").stringValue()),
                                time(json.get("startedAt")),
                                time(json.get("finishedAt"))),
                        object(json.get("details")),
                        object(json.get("error"))),
                Work.fromJson(json.get("work")));
    }

    private static @Nullable Long number(JsonNode node) {
        return node.isNull() ? null : Long.valueOf(node.longValue());
    }

    private static @Nullable Instant time(JsonNode node) {
        return node.isNull() ? null : Instant.parse(node.stringValue());
    }

    private static @Nullable ObjectNode object(JsonNode node) {
        return node instanceof ObjectNode object ? object : null;
    }

    @Override
    public String toString() {
        return Json.text(toJson());
    }
}
