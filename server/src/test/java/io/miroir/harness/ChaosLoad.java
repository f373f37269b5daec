package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients that write through all pods at once, each write with a key and again and again until it
 * is acknowledged, and clients that search and judge each answer by what was written: it may be
 * refused with a typed error, or say what it lacks, and is never wrong.
 */
final class ChaosLoad {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SEARCHERS = 2;
    private static final long WRITE_PAUSE_MILLIS = 60;

    /** A search asks for all that there is: more of them would be most of what a test computes. */
    private static final long SEARCH_PAUSE_MILLIS = 100;

    private static final long POLL_MILLIS = 20;
    private static final String DEGRADED = "x-miroir-degraded";
    private static final String IN_PART = "miroir_indeterminate";

    private final FailoverClient client;
    private final String index;
    private final ChaosBook book = new ChaosBook();
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> writers = new ArrayList<>();
    private final List<Thread> others = new ArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger searches = new AtomicInteger();

    /** Answers by what was said: a code of an error, or what is lacking. */
    private final Map<String, AtomicInteger> searchTroubles = new ConcurrentHashMap<>();

    private final Map<String, AtomicInteger> writeTroubles = new ConcurrentHashMap<>();
    private volatile boolean stopped;
    private volatile boolean settled;

    /** A write of which the end is not known yet. */
    private record Open(ChaosWrite write, long taskUid) {}

    ChaosLoad(FailoverClient client, String index) {
        this.client = client;
        this.index = index;
    }

    /** Its index has no documents yet. */
    ChaosLoad begin() throws InterruptedException {
        ChaosWrite first = ChaosWrite.first(index);
        book.begin(first);
        assertTrue(succeeds(acknowledge(first, "first")));
        book.told(first);
        for (int i = 0; i < ChaosWrite.WRITERS; i++) {
            int writer = i;
            BlockingQueue<Open> open = new LinkedBlockingQueue<>();
            writers.add(start("writer-" + i, () -> write(writer, open)));
            others.add(start("follower-" + i, () -> follow(open)));
        }
        for (int i = 0; i < SEARCHERS; i++) {
            others.add(start("searcher-" + i, this::search));
        }
        return this;
    }

    /** What a thread does. */
    @FunctionalInterface
    private interface Work {
        void run() throws InterruptedException;
    }

    private Thread start(String name, Work work) {
        return Thread.ofVirtual()
                .name(name)
                .start(
                        () -> {
                            try {
                                work.run();
                            } catch (InterruptedException | RuntimeException e) {
                                faults.add(name + ": " + e);
                            }
                        });
    }

    /** From now on so many more writes are acknowledged. */
    void awaitAcknowledged(int more) throws InterruptedException {
        int wanted = acknowledged.get() + more;
        await("acknowledged writes", () -> acknowledged.get() >= wanted);
    }

    /** From now on so many more searches are answered, or refused. */
    void awaitSearches(int more) throws InterruptedException {
        int wanted = searches.get() + more;
        await("searches", () -> searches.get() >= wanted);
    }

    /** A write is told of that trouble. */
    void awaitWriteTrouble(String what) throws InterruptedException {
        await("a write with " + what, () -> writeTroubles.containsKey(what));
    }

    /** A search is told of that trouble. */
    void awaitSearchTrouble(String what) throws InterruptedException {
        await("a search with " + what, () -> searchTroubles.containsKey(what));
    }

    private void await(String what, BooleanSupplier seen) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!seen.getAsBoolean()) {
            if (System.nanoTime() > giveUpNanos || !faults.isEmpty()) {
                throw new AssertionError("no " + what + ": " + this);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Each search so far was answered with all shards, by a pod that knows all or is alone. */
    void assertSearchesWereWhole() {
        assertEquals(Map.of(), without(searchTroubles, "stale-view"), this::toString);
    }

    /** Each write so far was taken at once by all who are to have it. */
    void assertWritesWereWhole() {
        assertEquals(Map.of(), writeTroubles, this::toString);
    }

    private static Map<String, AtomicInteger> without(
            Map<String, AtomicInteger> troubles, String one) {
        Map<String, AtomicInteger> rest = new ConcurrentHashMap<>(troubles);
        rest.remove(one);
        return rest;
    }

    /**
     * Ends with what is under way.
     *
     * @return what there must be, by id
     */
    Map<Integer, ObjectNode> end() throws InterruptedException {
        stopped = true;
        for (Thread writer : writers) {
            writer.join();
        }
        settled = true;
        for (Thread other : others) {
            other.join();
        }
        assertEquals(List.of(), faults);
        assertTrue(searches.get() > 0);
        return book.expected();
    }

    /** Ends at once: the test has failed. */
    void giveUp() throws InterruptedException {
        stopped = true;
        settled = true;
        List<Thread> all = new ArrayList<>(writers);
        all.addAll(others);
        all.forEach(Thread::interrupt);
        for (Thread one : all) {
            one.join();
        }
    }

    private void write(int writer, BlockingQueue<Open> open) throws InterruptedException {
        for (int step = 0; !stopped; step++) {
            ChaosWrite write = ChaosWrite.of(index, writer, step);
            book.begin(write);
            open.add(acknowledge(write, writer + "-" + step));
            TimeUnit.MILLISECONDS.sleep(WRITE_PAUSE_MILLIS);
        }
    }

    /**
     * Sends it until it is acknowledged. What is done in part, and told so, is sent as another
     * request: the one before has its task, which fails.
     */
    private Open acknowledge(ChaosWrite write, String key) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        int requests = 0;
        boolean sentBefore = false;
        while (System.nanoTime() < giveUpNanos) {
            ApiCall call = write.call().withIdempotencyKey(index + "-" + key + "-" + requests);
            if (client.call(call) instanceof Reply.Answered(ApiAnswer answer, var _, int skipped)) {
                sentBefore |= skipped > 0;
                Open open = new Open(write, answer.json().path("taskUid").asLong(-1));
                if (answer.isSuccess() && (!sentBefore || succeeds(open))) {
                    answer.header(DEGRADED).ifPresent(_ -> count(writeTroubles, DEGRADED));
                    book.acknowledge(write);
                    acknowledged.incrementAndGet();
                    return open;
                }
                String code = answer.isSuccess() ? IN_PART : refusal(call, answer);
                count(writeTroubles, code);
                sentBefore = !code.equals(IN_PART);
                requests += sentBefore ? 0 : 1;
            } else {
                sentBefore = true;
            }
            TimeUnit.MILLISECONDS.sleep(WRITE_PAUSE_MILLIS);
        }
        throw new IllegalStateException(write.call() + " is never acknowledged");
    }

    /** What was acknowledged at once is done, and from then on all must see it. */
    private void follow(BlockingQueue<Open> open) throws InterruptedException {
        while (!settled || !open.isEmpty()) {
            Open next = open.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (next != null) {
                if (!succeeds(next)) {
                    throw new IllegalStateException("acknowledged, and failed: " + next);
                }
                book.told(next.write());
            }
        }
    }

    /** Waits for the end of its task; false if nobody knows what became of it. */
    private boolean succeeds(Open open) throws InterruptedException {
        ApiCall look = ApiCall.get("/tasks/" + open.taskUid());
        long giveUpNanos = System.nanoTime() + TestCluster.PATIENCE.toNanos();
        while (System.nanoTime() < giveUpNanos) {
            JsonNode task =
                    client.call(look) instanceof Reply.Answered(ApiAnswer answer, var _, int _)
                            ? answer.json()
                            : Json.object();
            switch (task.path("status").asString("")) {
                case "succeeded" -> {
                    return true;
                }
                case "failed" -> {
                    if (task.path("error").path("code").asString("").equals(IN_PART)) {
                        return false;
                    }
                    throw new IllegalStateException(task.toString());
                }
                default -> TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
        throw new IllegalStateException(open + " does not end");
    }

    private void search() throws InterruptedException {
        ObjectNode body = Json.object().put("q", "").put("limit", 1_000);
        ApiCall call = ApiCall.search("/indexes/" + index + "/search", body);
        while (!settled) {
            ChaosBook.Floor floor = book.floor();
            switch (client.call(call)) {
                case Reply.Unanswered unanswered ->
                        faults.add("no pod answered: " + unanswered.reasons());
                case Reply.Answered(ApiAnswer answer, var by, int _) -> {
                    if (answer.isSuccess()) {
                        judge(floor, answer).ifPresent(why -> faults.add(by + ": " + why));
                    } else {
                        count(searchTroubles, refusal(call, answer));
                    }
                }
            }
            searches.incrementAndGet();
            TimeUnit.MILLISECONDS.sleep(SEARCH_PAUSE_MILLIS);
        }
    }

    private Optional<String> judge(ChaosBook.Floor floor, ApiAnswer answer) {
        String lacks = answer.header(DEGRADED).orElse("");
        boolean whole = !lacks.contains("shards=");
        boolean fresh = !lacks.contains("stale-view");
        if (!whole) {
            count(searchTroubles, "shards");
        }
        if (!fresh) {
            count(searchTroubles, "stale-view");
        }
        JsonNode hits = answer.json().path("hits");
        return book.fault(floor, hits, new ChaosBook.Claim(whole, fresh));
    }

    /** One that tells clients to come again, and why. */
    private static String refusal(ApiCall call, ApiAnswer answer) {
        String code = answer.json().path("code").asString("");
        boolean later = answer.status() == 503 || answer.status() == 504 || answer.status() == 429;
        if (!later || !code.startsWith("miroir_")) {
            throw new IllegalStateException(call + ": " + answer);
        }
        return code;
    }

    private static void count(Map<String, AtomicInteger> troubles, String what) {
        troubles.computeIfAbsent(what, _ -> new AtomicInteger()).incrementAndGet();
    }

    @Override
    public String toString() {
        return "%d writes %s, %d searches %s, faults %s"
                .formatted(
                        acknowledged.get(), writeTroubles, searches.get(), searchTroubles, faults);
    }
}
