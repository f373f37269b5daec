package io.miroir.fanout.copy;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.answer.NodeFilter;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a node have documents as they are on another, and no others. One request at a time, and the
 * next when the node is done with it: that is all that a copy asks of a node.
 */
public final class TargetWriter {
    static final Duration SEND_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration PAUSE_MIN = Duration.ofMillis(5);
    private static final Duration PAUSE_MAX = Duration.ofMillis(500);

    private final NodeTasks tasks;
    private final String mark;
    private final Watch watch;
    private final Holds holds;

    /** Looks whether the copy may go on. */
    @FunctionalInterface
    public interface Watch {
        /**
         * Called again and again while a node is waited for.
         *
         * @throws CopyFailedException if the copy is to end
         */
        void look() throws InterruptedException;
    }

    /**
     * Writes to the node of these tasks.
     *
     * @param mark what its tasks carry
     * @param holds whose time passes while it waits
     */
    public TargetWriter(NodeTasks tasks, String mark, Watch watch, Holds holds) {
        this.tasks = tasks;
        this.mark = mark;
        this.watch = watch;
        this.holds = holds;
    }

    /** Puts documents there in place of those of the same ids. */
    public void put(List<StoredDocument> documents, String primaryKey) throws InterruptedException {
        if (documents.isEmpty()) {
            return;
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        documents.forEach(document -> lines.writeBytes(document.line()));
        NodeBody body =
                new NodeBody.Bytes("application/x-ndjson", ByteBuffer.wrap(lines.toByteArray()));
        send("POST", "/documents?primaryKey=" + encoded(primaryKey), body);
    }

    /** Removes what is still the writing of these sequence numbers. */
    public void removeWritings(Collection<String> seqs) throws InterruptedException {
        if (seqs.isEmpty()) {
            return;
        }
        StringJoiner values = new StringJoiner("\", \"", Separators.SEQ_FIELD + " IN [\"", "\"]");
        seqs.forEach(values::add);
        ObjectNode request = Json.object().put("filter", values.toString());
        send("POST", "/documents/delete?", NodeBody.json(request));
    }

    /** Removes all documents of some shards. */
    public void removeShards(ShardSet shards) throws InterruptedException {
        ObjectNode request = Json.object().put("filter", NodeFilter.shards(shards));
        send("POST", "/documents/delete?", NodeBody.json(request));
    }

    /** Removes documents, whatever they are. */
    public void removeIds(Collection<String> ids) throws InterruptedException {
        if (ids.isEmpty()) {
            return;
        }
        ArrayNode request = Json.array();
        ids.forEach(request::add);
        send("POST", "/documents/delete-batch?", NodeBody.json(request));
    }

    private void send(String method, String rest, NodeBody body) throws InterruptedException {
        String separator = rest.endsWith("?") ? "" : "&";
        finish(
                new NodeRequest(
                                "copy",
                                method,
                                "/indexes/"
                                        + tasks.physicalUid()
                                        + rest
                                        + separator
                                        + "customMetadata="
                                        + encoded(mark),
                                body,
                                SEND_TIMEOUT)
                        .expecting(AnswerShape.ENQUEUED));
    }

    /** Sends a request that makes a task, and waits for the task's end. */
    public void finish(NodeRequest request) throws InterruptedException {
        JsonNode answer = NodeDocuments.answer(tasks.nodes(), tasks.node(), request);
        long uid = answer.path("taskUid").asLong(NodeTasks.NONE);
        Duration pause = PAUSE_MIN;
        while (true) {
            JsonNode task = tasks.task(uid);
            switch (task.path("status").asString("")) {
                case "succeeded" -> {
                    return;
                }
                case "failed", "canceled" ->
                        throw new CopyFailedException(
                                "node "
                                        + tasks.node()
                                        + " can't take it: "
                                        + task.path("error").path("message").asString("canceled"));
                default -> {
                    watch.look();
                    holds.rest().of(pause);
                    pause = longer(pause);
                }
            }
        }
    }

    private static Duration longer(Duration pause) {
        Duration next = pause.multipliedBy(3).dividedBy(2);
        return next.compareTo(PAUSE_MAX) < 0 ? next : PAUSE_MAX;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
