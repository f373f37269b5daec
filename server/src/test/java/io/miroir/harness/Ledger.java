package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.FailoverClient;
import io.miroir.cli.client.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client that makes, changes and deletes documents, one request at a time, each with a key and
 * again and again until it is acknowledged. So it is known to the last field what there must be at
 * the end.
 */
final class Ledger {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long PAUSE_MILLIS = 40;

    /** Requests that make, change and delete of the same documents. */
    private static final int ROUND = 4;

    /** Documents of a round: enough for a request to go to all nodes. */
    private static final int DOCUMENTS = 8;

    private final FailoverClient client;
    private final String index;
    private final Map<Integer, ObjectNode> documents = Collections.synchronizedMap(new TreeMap<>());
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
    private final Thread writer = Thread.ofVirtual().name("ledger").unstarted(this::write);
    private final AtomicInteger acknowledged = new AtomicInteger();
    private volatile boolean stopped;

    /** It rests when it has done so many. */
    private final AtomicInteger steps = new AtomicInteger(Integer.MAX_VALUE);

    /** A request, and what it leaves and takes away. */
    private record Entry(ApiCall call, List<ObjectNode> put, List<Integer> removed) {}

    Ledger(FailoverClient client, String index) {
        this.client = client;
        this.index = index;
    }

    Ledger begin() {
        writer.start();
        return this;
    }

    /** From now on so many more are acknowledged. */
    void awaitAcknowledged(int more) throws InterruptedException {
        awaitAllOf(acknowledged.get() + more);
    }

    /** Rests before it makes documents, which go to all nodes. */
    void rest() throws InterruptedException {
        // It may be near the end of a round.
        steps.set((acknowledged.get() / ROUND + 2) * ROUND);
        awaitRest();
    }

    /** Makes one request, and rests again. */
    void goOnOnce() {
        steps.incrementAndGet();
    }

    /** What it was let do is acknowledged. */
    void awaitRest() throws InterruptedException {
        awaitAllOf(steps.get());
    }

    private void awaitAllOf(int wanted) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (acknowledged.get() < wanted) {
            if (System.nanoTime() > giveUpNanos || !writer.isAlive()) {
                throw new AssertionError("no write is acknowledged: " + faults);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /**
     * Ends with what is under way.
     *
     * @return what there must be, by id
     */
    Map<Integer, ObjectNode> end() throws InterruptedException {
        stopped = true;
        writer.join();
        assertEquals(List.of(), faults);
        return new TreeMap<>(documents);
    }

    /** Ends at once: the test has failed. */
    void giveUp() throws InterruptedException {
        stopped = true;
        writer.interrupt();
        writer.join();
    }

    private void write() {
        try {
            for (int step = 0; mayDo(step); step++) {
                Entry entry = entry(step);
                acknowledge(entry.call().withIdempotencyKey(index + "-" + step));
                entry.put().forEach(document -> documents.put(id(document), document));
                entry.removed().forEach(documents::remove);
                acknowledged.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException | RuntimeException e) {
            faults.add(e.toString());
        }
    }

    private boolean mayDo(int step) throws InterruptedException {
        while (!stopped && step >= steps.get()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return !stopped;
    }

    private Entry entry(int step) {
        int first = step / ROUND * DOCUMENTS;
        String path = "/indexes/" + index + "/documents";
        return switch (step % ROUND) {
            case 0 -> {
                List<ObjectNode> made =
                        IntStream.range(first, first + DOCUMENTS)
                                .mapToObj(Ledger::document)
                                .toList();
                yield new Entry(ApiCall.documents(index, text(made)), made, List.of());
            }
            case 1 -> {
                ObjectNode change = Json.object().put("id", first).put("changed", step);
                yield new Entry(
                        ApiCall.change("PUT", path, Json.array().add(change)),
                        List.of(document(first).put("changed", step)),
                        List.of());
            }
            case 2 ->
                    new Entry(
                            ApiCall.delete(path + "/" + (first + 1)),
                            List.of(),
                            List.of(first + 1));
            default ->
                    new Entry(
                            ApiCall.change(
                                    "POST",
                                    path + "/delete-batch",
                                    Json.array().add(first + 2).add(first + 3)),
                            List.of(),
                            List.of(first + 2, first + 3));
        };
    }

    private static ObjectNode document(int id) {
        return Json.object().put("id", id).put("text", "entry " + id);
    }

    private static int id(JsonNode document) {
        return document.path("id").asInt();
    }

    private static String text(List<ObjectNode> documents) {
        ArrayNode array = Json.array();
        documents.forEach(array::add);
        return Json.text(array);
    }

    private void acknowledge(ApiCall call) throws InterruptedException {
        while (true) {
            Reply reply = client.call(call);
            if (reply instanceof Reply.Answered answered) {
                ApiAnswer answer = answered.answer();
                if (answer.isSuccess()) {
                    return;
                }
                if (answer.status() < 500 && answer.status() != 429) {
                    throw new IllegalStateException(call + ": " + answer);
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }
}
