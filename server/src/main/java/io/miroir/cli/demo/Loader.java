package io.miroir.cli.demo;

import io.miroir.api.Json;
import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiCall;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Indexes documents through the pods as any client would: batches, each with an idempotency key,
 * and no more than a few whose tasks are unfinished, so a slow cluster slows the loader down.
 */
public final class Loader {
    private static final int BATCH_DOCUMENTS_MAX = 5_000;
    private static final int BATCH_CHARS_MAX = 8 << 20;
    private static final int UNFINISHED_TASKS_MAX = 4;

    private final Api api;
    private final LongSupplier nanos;
    private final String keyPrefix;
    private final Progress progress;

    /** Told after each batch how many documents were accepted, and how long all of it took. */
    public interface Progress {
        /** Called on the loading thread. */
        void accepted(long documents, Duration since);
    }

    /**
     * What a load did.
     *
     * @param accepted until the last batch was acknowledged
     * @param searchable until the last task had succeeded
     */
    public record Loaded(long documents, int batches, Duration accepted, Duration searchable) {
        /** Documents per second until they could be found. */
        public long documentsPerSecond() {
            return Math.round(documents / Math.max(1e-3, searchable.toNanos() / 1e9));
        }
    }

    /**
     * @param keyPrefix begins the idempotency keys; another one for each load
     */
    public Loader(Api api, LongSupplier nanos, String keyPrefix, Progress progress) {
        this.api = api;
        this.nanos = nanos;
        this.keyPrefix = keyPrefix;
        this.progress = progress;
    }

    /** Sends all documents to an index and waits until they can be found. */
    public Loaded load(String index, Iterator<? extends JsonNode> documents) {
        long begun = nanos.getAsLong();
        Deque<Long> unfinished = new ArrayDeque<>();
        Batch batch = new Batch();
        long sent = 0;
        int batches = 0;
        while (documents.hasNext()) {
            batch.add(documents.next());
            if (batch.isFull() || !documents.hasNext()) {
                if (unfinished.size() == UNFINISHED_TASKS_MAX) {
                    api.awaitTask(unfinished.removeFirst());
                }
                unfinished.add(send(index, batch, batches++));
                sent += batch.documents;
                progress.accepted(sent, since(begun));
                batch = new Batch();
            }
        }
        Duration accepted = since(begun);
        unfinished.forEach(api::awaitTask);
        return new Loaded(sent, batches, accepted, since(begun));
    }

    private long send(String index, Batch batch, int number) {
        ApiCall call =
                ApiCall.documents(index, batch.json()).withIdempotencyKey(keyPrefix + "-" + number);
        return api.call(call).path("taskUid").asLong();
    }

    private Duration since(long begunNanos) {
        return Duration.ofNanos(nanos.getAsLong() - begunNanos);
    }

    /** Creates an index with its primary key and settings, and waits until both are in force. */
    public void createIndex(String index, String primaryKey, ObjectNode settings) {
        ObjectNode create = Json.object().put("uid", index).put("primaryKey", primaryKey);
        api.change(
                ApiCall.change("POST", "/indexes", create)
                        .withIdempotencyKey(keyPrefix + "-create-" + index));
        api.change(
                ApiCall.change("PATCH", "/indexes/" + index + "/settings", settings)
                        .withIdempotencyKey(keyPrefix + "-settings-" + index));
    }

    /** Documents that become one JSON array. */
    private static final class Batch {
        private final StringBuilder json = new StringBuilder();
        private int documents;

        void add(JsonNode document) {
            json.append(documents == 0 ? '[' : ',').append(Json.text(document));
            documents++;
        }

        boolean isFull() {
            return documents == BATCH_DOCUMENTS_MAX || json.length() >= BATCH_CHARS_MAX;
        }

        String json() {
            return json.append(']').toString();
        }
    }
}
