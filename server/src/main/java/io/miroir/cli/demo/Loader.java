package io.miroir.cli.demo;

import io.miroir.api.Json;
import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiCall;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * Indexes documents through the pods as any client would: batches, each with an idempotency key,
 * and no more than a few whose tasks are unfinished, so a slow cluster slows the loader down. One
 * object for one load.
 */
public final class Loader {
    private static final int BATCH_DOCUMENTS_MAX = 5_000;
    private static final int BATCH_CHARS_MAX = 8 << 20;
    private static final int UNFINISHED_TASKS_MAX = 4;

    private final Api api;
    private final LongSupplier nanos;
    private final String keyPrefix;
    private final Progress progress;
    private final Deque<Long> unfinished = new ArrayDeque<>();
    private StringBuilder batch = new StringBuilder();
    private int batchDocuments;
    private int batches;
    private long sent;
    private long begunNanos;

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
            return rate(documents, searchable);
        }
    }

    /**
     * @param nanos a clock as System::nanoTime
     * @param keyPrefix begins the idempotency keys; another one for each load
     */
    public Loader(Api api, LongSupplier nanos, String keyPrefix, Progress progress) {
        this.api = api;
        this.nanos = nanos;
        this.keyPrefix = keyPrefix;
        this.progress = progress;
    }

    /** Documents per second. */
    public static long rate(long documents, Duration during) {
        return Math.round(documents / Math.max(1e-3, during.toNanos() / 1e9));
    }

    /** Creates the index of some documents, sends them, and waits until they can be found. */
    public Loaded load(Documents documents) throws IOException {
        createIndex(documents);
        begunNanos = nanos.getAsLong();
        documents.read(document -> add(documents.index(), document));
        if (batchDocuments > 0) {
            send(documents.index());
        }
        Duration accepted = sinceBegun();
        unfinished.forEach(api::awaitTask);
        return new Loaded(sent, batches, accepted, sinceBegun());
    }

    private void createIndex(Documents documents) {
        String index = documents.index();
        ObjectNode create = Json.object().put("uid", index);
        documents.primaryKey().ifPresent(key -> create.put("primaryKey", key));
        api.change(
                ApiCall.change("POST", "/indexes", create)
                        .withIdempotencyKey(keyPrefix + "-create"));
        api.change(
                ApiCall.change("PATCH", "/indexes/" + index + "/settings", documents.settings())
                        .withIdempotencyKey(keyPrefix + "-settings"));
    }

    private void add(String index, ObjectNode document) {
        batch.append(batchDocuments == 0 ? '[' : ',').append(Json.text(document));
        batchDocuments++;
        if (batchDocuments == BATCH_DOCUMENTS_MAX || batch.length() >= BATCH_CHARS_MAX) {
            send(index);
        }
    }

    private void send(String index) {
        if (unfinished.size() == UNFINISHED_TASKS_MAX) {
            api.awaitTask(unfinished.removeFirst());
        }
        ApiCall call =
                ApiCall.documents(index, batch.append(']').toString())
                        .withIdempotencyKey(keyPrefix + "-" + batches);
        unfinished.add(api.call(call).path("taskUid").asLong());
        batches++;
        sent += batchDocuments;
        batchDocuments = 0;
        batch = new StringBuilder();
        progress.accepted(sent, sinceBegun());
    }

    private Duration sinceBegun() {
        return Duration.ofNanos(nanos.getAsLong() - begunNanos);
    }
}
