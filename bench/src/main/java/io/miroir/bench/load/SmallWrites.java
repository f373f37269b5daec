package io.miroir.bench.load;

import io.miroir.bench.tools.Await;
import io.miroir.cli.fleet.NodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Many clients that write one document a request, to a pod and to a bare node, in turns. */
final class SmallWrites {
    private static final String RATE = "ingest.small";
    private static final String CPU = "ingest.small.pod_cpu";
    private static final String ALONE_RATE = "ingest.small.pod_alone";
    private static final String ALONE_CPU = "ingest.small.pod_alone_cpu";
    static final List<String> IDS = List.of(RATE, CPU);
    static final List<String> ALONE_IDS = List.of(ALONE_RATE, ALONE_CPU);

    private static final int CLIENTS = 64;
    private static final double RATIO_MIN = 5;
    private static final String INDEX = "small";
    private static final Duration REFUSED_PAUSE = Duration.ofMillis(10);

    private final AtomicLong ids = new AtomicLong();

    private SmallWrites() {}

    static List<Figure> run(
            Stage stage, NodeSource nodes, IngestBench.Effort effort, Deadline deadline)
            throws Exception {
        return new SmallWrites().measure(stage, nodes, effort, deadline);
    }

    private List<Figure> measure(
            Stage stage, NodeSource nodes, IngestBench.Effort effort, Deadline deadline)
            throws Exception {
        Server bare = stage.bare(nodes);
        Stage.Pod pod = stage.pod(IngestBench.ONE_COPY, nodes);
        bare.createIndex(INDEX);
        pod.server().createIndex(INDEX);
        turn(bare, effort.smallWarmMillis());
        turn(pod.server(), effort.smallWarmMillis());
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        Spent spent = new Spent();
        for (int turn = 0; turn == 0 || more(turn, effort, deadline); turn++) {
            theirs.add(turn(bare, effort.smallMillis()).perSecond());
            ours.add(spent.on(pod, () -> turn(pod.server(), effort.smallMillis())));
        }
        return List.of(
                Figure.atLeast(
                        RATE,
                        "tasks/s",
                        Compared.of(ours, theirs),
                        RATIO_MIN,
                        "%d clients, one document a request, until all tasks have ended; %d turns"
                                .formatted(CLIENTS, ours.size())),
                Figure.told(CPU, "us/write", spent.cpuMicros(), "of the pod meanwhile"));
    }

    /** The same clients at a pod before nodes that do nothing: what the pod itself can. */
    static List<Figure> runAlone(Stage stage, IngestBench.Effort effort, Deadline deadline)
            throws Exception {
        SmallWrites writes = new SmallWrites();
        Stage.Pod pod = stage.podBeforeNothing(IngestBench.ONE_COPY);
        pod.server().createIndex(INDEX);
        writes.turn(pod.server(), effort.smallWarmMillis());
        List<Double> ours = new ArrayList<>();
        Spent spent = new Spent();
        for (int turn = 0; turn == 0 || more(turn, effort, deadline); turn++) {
            ours.add(spent.on(pod, () -> writes.turn(pod.server(), effort.smallMillis())));
        }
        return List.of(
                Figure.told(
                        ALONE_RATE,
                        "tasks/s",
                        Compared.median(ours),
                        "%d clients, one document a request, nodes that do nothing"
                                .formatted(CLIENTS)),
                Figure.told(ALONE_CPU, "us/write", spent.cpuMicros(), "of the pod meanwhile"));
    }

    private static boolean more(int turns, IngestBench.Effort effort, Deadline deadline) {
        return turns < effort.smallTurns() && !deadline.isOver();
    }

    /** What a pod takes for its turns. */
    private static final class Spent {
        private long cpuMillis;
        private long finished;

        /** The turn's rate. */
        double on(Stage.Pod pod, Callable<Turn> turn) throws Exception {
            long before = pod.process().cpuMillis();
            Turn done = turn.call();
            cpuMillis += pod.process().cpuMillis() - before;
            finished += done.finished();
            return done.perSecond();
        }

        double cpuMicros() {
            return 1_000.0 * cpuMillis / finished;
        }
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
