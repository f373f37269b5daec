package io.miroir.bench.load;

import io.miroir.bench.tools.Numbers;
import io.miroir.cli.fleet.NodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Large requests through a pod and to a bare node, in turns. */
final class BulkIngest {
    private static final String RATE = "ingest.bulk";
    private static final String CPU = "ingest.bulk.pod_cpu";
    static final List<String> IDS = List.of(RATE, CPU);

    /** Of one request. */
    static final int DOCUMENTS = 10_000;

    private static final double RATIO_MIN = 0.95;
    private static final String INDEX = "bulk";

    private BulkIngest() {}

    static List<Figure> run(
            Stage stage, NodeSource nodes, IngestBench.Effort effort, Deadline deadline) {
        Server bare = stage.bare(nodes);
        Stage.Pod pod = stage.pod(IngestBench.ONE_COPY, nodes);
        bare.createIndex(INDEX);
        pod.server().createIndex(INDEX);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        long cpuMillis = 0;
        for (int turn = 0; turn == 0 || more(turn, effort, deadline); turn++) {
            List<byte[]> requests = requests(turn * effort.requests(), effort.requests());
            theirs.add(rate(bare, requests));
            long before = pod.process().cpuMillis();
            ours.add(rate(pod.server(), requests));
            cpuMillis += pod.process().cpuMillis() - before;
        }
        long documents = (long) ours.size() * effort.requests() * DOCUMENTS;
        return List.of(
                Figure.atLeast(
                        RATE,
                        "documents/s",
                        Compared.of(ours, theirs),
                        RATIO_MIN,
                        "%,d documents in requests of %,d, turns %s beside %s"
                                .formatted(documents, DOCUMENTS, texts(ours), texts(theirs))),
                Figure.told(
                        CPU,
                        "us/document",
                        1_000.0 * cpuMillis / documents,
                        "of the pod meanwhile, its looks at nodes included"));
    }

    private static boolean more(int turns, IngestBench.Effort effort, Deadline deadline) {
        return turns < effort.turns() && !deadline.isOver();
    }

    /** The requests from a number on. */
    static List<byte[]> requests(int first, int count) {
        List<byte[]> requests = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            requests.add(SmallDocuments.list((long) i * DOCUMENTS, DOCUMENTS));
        }
        return requests;
    }

    /** Documents a second, until all can be found. */
    private static double rate(Server server, List<byte[]> requests) {
        long startNanos = System.nanoTime();
        requests.forEach(request -> write(server, INDEX, request));
        server.awaitIdle();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return (double) requests.size() * DOCUMENTS / seconds;
    }

    /** One request, which must be taken. */
    static void write(Server server, String index, byte[] request) {
        OptionalLong task = server.write(index, request);
        if (task.isEmpty()) {
            throw new IllegalStateException("refused, with one request at a time");
        }
    }

    private static String texts(List<Double> rates) {
        return String.join(" ", rates.stream().map(Numbers::text).toList());
    }
}
