package io.miroir.cli.demo;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.FailoverClient;
import io.miroir.cli.client.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Clients that search and one that writes, until stopped. What counts as failed: a search to which
 * no pod gave a complete answer at once (each pod is tried once), or whose answer differs from the
 * one before the faults; a write that no pod acknowledged at once. A failed write is sent again
 * with the same idempotency key until it is acknowledged.
 */
public final class Traffic {
    /** The writer's own index; searches go elsewhere, so that their answers can be compared. */
    public static final String WRITTEN_INDEX = "tour";

    private static final String DEGRADED = "x-miroir-degraded";
    private static final String STALE_VIEW = "stale-view";
    private static final int SEARCHERS = 2;
    private static final long SEARCH_PAUSE_MILLIS = 40;
    private static final long WRITE_PAUSE_MILLIS = 100;

    private final FailoverClient client;
    private final LongSupplier nanos;
    private final String keyPrefix;
    private final List<Watched> searches = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final TrafficFigures figures;
    private volatile boolean stopped;

    /** A search and the hits that it must find. */
    private record Watched(ApiCall call, JsonNode hits) {}

    /**
     * @param nanos a clock as System::nanoTime
     * @param keyPrefix begins the idempotency keys; another one for each run
     */
    public Traffic(FailoverClient client, LongSupplier nanos, String keyPrefix) {
        this.client = client;
        this.nanos = nanos;
        this.keyPrefix = keyPrefix;
        this.figures = new TrafficFigures(nanos);
    }

    /** Takes a search into the traffic, with the hits that it has now. */
    public void watch(ApiCall search, JsonNode hits) {
        searches.add(new Watched(search, hits));
    }

    /** Starts the clients. */
    public void start() {
        for (int i = 0; i < SEARCHERS; i++) {
            int first = i;
            threads.add(Thread.ofVirtual().name("searcher-" + i).start(() -> search(first)));
        }
        threads.add(Thread.ofVirtual().name("writer").start(this::write));
    }

    /** Stops the clients; the write that is under way is finished first. */
    public void stop() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Begins the idempotency keys of this run. */
    public String keyPrefix() {
        return keyPrefix;
    }

    /** What happened so far. */
    public TrafficFigures figures() {
        return figures;
    }

    private void search(int first) {
        for (int i = first; !stopped; i++) {
            Watched watched = searches.get(i % searches.size());
            long begun = nanos.getAsLong();
            Reply reply = client.call(watched.call());
            figures.search(faultOf(reply, watched), secondPod(reply), elapsed(begun));
            pause(SEARCH_PAUSE_MILLIS);
        }
    }

    private void write() {
        for (int id = 0; !stopped; id++) {
            ArrayNode documents = Json.array();
            documents.addObject().put("id", id).put("text", "written during the tour, " + id);
            ApiCall call =
                    ApiCall.documents(WRITTEN_INDEX, Json.text(documents))
                            .withIdempotencyKey(keyPrefix + "-" + id);
            boolean acknowledged = false;
            while (!acknowledged && !(stopped && figures.writesStuck())) {
                long begun = nanos.getAsLong();
                Reply reply = client.call(call);
                String fault = faultOf(reply);
                figures.write(id, fault, secondPod(reply), begun);
                acknowledged = fault.isEmpty();
                pause(WRITE_PAUSE_MILLIS);
            }
        }
    }

    /** Empty when all is well. */
    private static String faultOf(Reply reply, Watched watched) {
        String fault = faultOf(reply);
        if (!fault.isEmpty() || !(reply instanceof Reply.Answered answered)) {
            return fault;
        }
        ApiAnswer answer = answered.answer();
        if (!isWhole(answer)) {
            return "%s answered without some shards: %s".formatted(answered.by(), answer);
        }
        return answer.json().path("hits").equals(watched.hits())
                ? ""
                : "other hits than before from %s: %s".formatted(answered.by(), answer);
    }

    private static String faultOf(Reply reply) {
        return switch (reply) {
            case Reply.Unanswered unanswered -> String.join("; ", unanswered.reasons());
            case Reply.Answered(ApiAnswer answer, var by, int skipped) ->
                    answer.isSuccess() ? "" : "%s answered %s".formatted(by, answer);
        };
    }

    /** An answer from a view that may be old is whole; one that lacks shards is not. */
    private static boolean isWhole(ApiAnswer answer) {
        return answer.header(DEGRADED).map(STALE_VIEW::equals).orElse(true);
    }

    private static boolean secondPod(Reply reply) {
        return reply instanceof Reply.Answered answered && answered.skipped() > 0;
    }

    private Duration elapsed(long begunNanos) {
        return Duration.ofNanos(nanos.getAsLong() - begunNanos);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
