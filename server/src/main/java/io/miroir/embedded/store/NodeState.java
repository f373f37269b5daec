package io.miroir.embedded.store;

import io.miroir.api.Json;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.KnownKeys;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.api.webhooks.Webhook;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything the node remembers besides documents. Reads are from memory and never wait; a change
 * is in the journal on disk before it can be read.
 */
public final class NodeState implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeState.class);

    /** The journal is rewritten when it is larger than this and mostly history. */
    private static final long JOURNAL_BYTES_MIN = 4L << 20;

    private final Journal journal;
    private final NavigableMap<Long, TaskRow> tasks = new ConcurrentSkipListMap<>();
    private final NavigableSet<Long> waiting = new ConcurrentSkipListSet<>();
    private final NavigableMap<String, IndexRow> indexes = new ConcurrentSkipListMap<>();
    private final Map<String, Webhook> webhooks = new ConcurrentHashMap<>();
    private volatile KnownKeys keys = KnownKeys.of(List.of());
    private volatile ObjectNode features = Json.object();
    private long nextTaskUid;
    private long nextBatchUid;
    private long bytesAfterRewrite;

    private NodeState(Path directory) throws IOException {
        this.journal = Journal.open(directory, "journal", this::replay);
        this.bytesAfterRewrite = journal.bytes();
    }

    /** Opens what is remembered in a directory. */
    public static NodeState open(Path directory) throws IOException {
        return new NodeState(directory);
    }

    /** Tasks by their numbers. */
    public NavigableMap<Long, TaskRow> tasks() {
        return tasks;
    }

    /** The numbers of tasks that are not finished, oldest first. */
    public NavigableSet<Long> waiting() {
        return waiting;
    }

    /** A task, or null. */
    public @Nullable TaskRow task(long uid) {
        return tasks.get(uid);
    }

    /** Indexes by their names, sorted. */
    public NavigableMap<String, IndexRow> indexes() {
        return indexes;
    }

    /** An index, or null. */
    public @Nullable IndexRow index(String uid) {
        return indexes.get(uid);
    }

    /** API keys. */
    public KnownKeys keys() {
        return keys;
    }

    /** Webhooks by their uuids. */
    public Map<String, Webhook> webhooks() {
        return webhooks;
    }

    /** The experimental features that were switched, by name. */
    public ObjectNode features() {
        return features;
    }

    /** Accepts a task under the next number; it survives a crash once this returns. */
    public synchronized TaskRow enqueue(LongFunction<TaskRow> task) {
        TaskRow row = task.apply(nextTaskUid);
        commit(List.of(new Change.PutTask(row)));
        return row;
    }

    /** The number of the next batch. It is used up once a task that carries it is committed. */
    public synchronized long nextBatchUid() {
        return nextBatchUid;
    }

    /** Commits changes together. */
    public synchronized void commit(List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        try {
            journal.append(line(changes));
        } catch (IOException broken) {
            throw new UncheckedIOException("the node's journal can't be written", broken);
        }
        changes.forEach(this::apply);
        try {
            rewriteIfMostlyHistory();
        } catch (IOException left) {
            LOG.warn("the journal stays as long as it is until the next change", left);
        }
    }

    /** Shows tasks as being worked on. Not in the journal: after a crash they begin again. */
    public synchronized void showBegun(List<TaskRow> begun) {
        begun.forEach(task -> tasks.put(task.uid(), task));
    }

    @Override
    public synchronized void close() throws IOException {
        journal.close();
    }

    private static String line(List<Change> changes) {
        ArrayNode array = Json.array();
        changes.forEach(change -> array.add(change.toJson()));
        return Json.text(array);
    }

    private void replay(String line) {
        for (JsonNode change : Json.parse(line)) {
            apply(Change.fromJson(change));
        }
    }

    private void apply(Change change) {
        switch (change) {
            case Change.PutTask(TaskRow task) -> {
                tasks.put(task.uid(), task);
                if (task.view().status().isFinished()) {
                    waiting.remove(task.uid());
                } else {
                    waiting.add(task.uid());
                }
                nextTaskUid = Math.max(nextTaskUid, task.uid() + 1);
                Long batch = task.view().ids().batchUid();
                nextBatchUid = Math.max(nextBatchUid, batch == null ? 0 : batch + 1);
            }
            case Change.DropTask(long uid) -> tasks.remove(uid);
            case Change.RenameInTasks rename ->
                    tasks.headMap(rename.below())
                            .replaceAll(
                                    (_, task) ->
                                            task.renamed(
                                                    uid -> rename.names().getOrDefault(uid, uid)));
            case Change.PutIndex(IndexRow index) -> indexes.put(index.uid(), index);
            case Change.DropIndex(String uid) -> indexes.remove(uid);
            case Change.PutKey(ApiKey key) -> keys = keys.with(key);
            case Change.DropKey(String uid) -> keys = keys.without(uid);
            case Change.PutFeatures(ObjectNode switched) -> features = switched;
            case Change.PutWebhook(Webhook webhook) -> webhooks.put(webhook.uuid(), webhook);
            case Change.DropWebhook(String uuid) -> webhooks.remove(uuid);
            case Change.Counters counters -> {
                nextTaskUid = Math.max(nextTaskUid, counters.nextTaskUid());
                nextBatchUid = Math.max(nextBatchUid, counters.nextBatchUid());
            }
        }
    }

    private void rewriteIfMostlyHistory() throws IOException {
        if (journal.bytes() < Math.max(JOURNAL_BYTES_MIN, 4 * bytesAfterRewrite)) {
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(List.of(new Change.Counters(nextTaskUid, nextBatchUid))));
        lines.add(line(List.of(new Change.PutFeatures(features))));
        indexes.values().forEach(row -> lines.add(line(List.of(new Change.PutIndex(row)))));
        keys.all().forEach(key -> lines.add(line(List.of(new Change.PutKey(key)))));
        webhooks.values().forEach(hook -> lines.add(line(List.of(new Change.PutWebhook(hook)))));
        for (TaskRow task : tasks.values()) {
            lines.add(line(List.of(new Change.PutTask(unbegun(task)))));
        }
        journal.rewrite(lines);
        bytesAfterRewrite = journal.bytes();
    }

    /** A task that is being worked on is remembered as waiting. */
    private static TaskRow unbegun(TaskRow task) {
        if (task.view().status() != TaskStatus.PROCESSING) {
            return task;
        }
        return task.waiting();
    }
}
