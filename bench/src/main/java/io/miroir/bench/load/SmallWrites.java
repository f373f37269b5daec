package io.miroir.bench.load;

import io.miroir.bench.tools.Await;
import io.miroir.cli.fleet.NodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Many clients that write one document a request, to a pod and to a bare node, in turns. */
final class SmallWrites {
    private static final String RATE = "ingest.small";
    private static final String CPU = "ingest.small.pod_cpu";
    static final List<String> IDS = List.of(RATE, CPU);

    private static final int CLIENTS = 64;
    private static final double RATIO_MIN = 5;
    private static final String INDEX = "small";
    private static final Duration REFUSED_PAUSE = Duration.ofMillis(10);

    private final AtomicLong ids = new AtomicLong();

    private SmallWrites() {}

    static List<Figure> run(
            Stage stage, NodeSource nodes, IngestBench.Effort effort, Deadline deadline)
            throws ExecutionException, InterruptedException {
        return new SmallWrites().measure(stage, nodes, effort, deadline);
    }

    private List<Figure> measure(
            Stage stage, NodeSource nodes, IngestBench.Effort effort, Deadline deadline)
            throws ExecutionException, InterruptedException {
        Server bare = stage.bare(nodes);
        Stage.Pod pod = stage.pod(IngestBench.ONE_COPY, nodes);
        bare.createIndex(INDEX);
        pod.server().createIndex(INDEX);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        long cpuMillis = 0;
        long finished = 0;
        for (int turn = 0;
                turn == 0 || (turn < effort.smallTurns() && !deadline.isOver());
                turn++) {
            theirs.add(turn(bare, effort.smallMillis()).perSecond());
            long before = pod.process().cpuMillis();
            Turn mine = turn(pod.server(), effort.smallMillis());
            cpuMillis += pod.process().cpuMillis() - before;
            finished += mine.finished();
            ours.add(mine.perSecond());
        }
        return List.of(
                Figure.atLeast(
                        RATE,
                        "tasks/s",
                        Compared.of(ours, theirs),
                        RATIO_MIN,
                        "%d clients, one document a request, until all tasks have ended; %d turns"
                                .formatted(CLIENTS, ours.size())),
                Figure.told(
                        CPU, "us/write", 1_000.0 * cpuMillis / finished, "of the pod meanwhile"));
    }

    private record Turn(long finished, double perSecond) {}

    /** All clients for a while; then nobody until the last task has ended, which counts as time. */
    private Turn turn(Server server, int millis) throws ExecutionException, InterruptedException {
        long startNanos = System.nanoTime();
        long endNanos = startNanos + Duration.ofMillis(millis).toNanos();
        long finished = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> writeUntil(server, endNanos)));
            }
            for (Future<Long> client : clients) {
                finished += client.get();
            }
        }
        server.awaitIdle();
        return new Turn(finished, finished * 1e9 / (System.nanoTime() - startNanos));
    }

    private long writeUntil(Server server, long endNanos) {
        long taken = 0;
        while (System.nanoTime() < endNanos) {
            byte[] document = SmallDocuments.list(ids.getAndIncrement(), 1);
            if (server.write(INDEX, document).isPresent()) {
                taken++;
            } else {
                Await.pause(REFUSED_PAUSE);
            }
        }
        return taken;
    }
}
