package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.LaneOwner;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Three pods, of which the one that runs the lane under load is told to stop. */
class HandoverTest {
    private static final int PODS = 3;
    private static final int WRITERS = 4;

    /** Of a writer, between its writes. */
    private static final long PAUSE_NANOS = 10_000_000;

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Queue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> undecided = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 1);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
    }

    @AfterEach
    void stop() {
        stop.set(true);
        pods.forEach(TestPod::close);
        nodes.close();
    }

    /** Writes until told to stop, or until its pod takes no more connections. */
    private int write(HttpCalls client, String target) {
        int written = 0;
        try {
            while (!stop.get()) {
                int id = ids.incrementAndGet();
                HttpCalls.Reply reply = client.call("POST", target, "[{\"id\": " + id + "}]");
                String code = reply.body().path("code").asString("");
                if (reply.status() == 202) {
                    acknowledged.add(id);
                    written++;
                } else if (!code.equals("miroir_overloaded")) {
                    undecided.add(reply.status() + " " + reply.body());
                }
                // There is a write at every moment; more would only keep the machine busy.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (UncheckedIOException gone) {
            return written;
        }
        return written;
    }

    /** Protocol, rule 4: lanes are let go between two writes, so none of them is fenced. */
    @Test
    void aPodThatStopsUnderLoadLeavesNoWriteUndecided() throws Exception {
        String index = "busy";
        String owner = LaneOwner.of(index, List.of("pod-0", "pod-1", "pod-2"));
        int first = Integer.parseInt(owner.substring("pod-".length()));
        String target = "/indexes/" + index + "/documents";
        HttpCalls other = pods.get((first + 1) % PODS).client();
        other.done("POST", target, "[{\"id\": 0}]");
        TestPod stopping = pods.get(first);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                HttpCalls client = pods.get((first + i) % PODS).client();
                writers.add(threads.submit(() -> write(client, target)));
            }
            awaitAcknowledged(20);
            stopping.close();
            awaitAcknowledged(acknowledged.size() + 20);
            stop.set(true);
            for (Future<Integer> writer : writers) {
                assertTrue(writer.get() >= 0);
            }
        }
        assertEquals(List.of(), List.copyOf(undecided));
        JsonNode shards =
                pods.get((first + 1) % PODS).operator().call("GET", "/_miroir/shards").body();
        assertFalse(shards.toString().contains("\"out\""), shards::toString);
        JsonNode last = other.done("POST", target, "[{\"id\": 0}]");
        assertEquals("succeeded", last.path("status").asString(), last::toString);
        for (int id : acknowledged) {
            assertEquals(200, other.call("GET", target + "/" + id).status(), "document " + id);
        }
    }

    private void awaitAcknowledged(int wanted) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + 120_000_000_000L;
        while (acknowledged.size() < wanted) {
            assertTrue(System.nanoTime() < giveUpNanos, () -> undecided.toString());
            Thread.sleep(10);
        }
    }
}
