package io.miroir.bench.load;

import io.miroir.cli.fleet.FleetShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a pod itself takes for documents in large requests: nodes do nothing. */
final class ProxyCost {
    private static final String CPU = "ingest.pod.cpu";
    private static final String CPU_TWO = "ingest.pod.cpu_two_copies";
    private static final String RATE = "ingest.pod.rate";
    private static final String MEMORY = "ingest.pod.memory";
    static final List<String> IDS = List.of(CPU, CPU_TWO, RATE, MEMORY);

    private static final double CPU_MICROS_MAX = 5;
    private static final double GROWTH_MAX = 1.10;
    private static final String INDEX = "proxied";

    /** The same requests are sent again: documents that are replaced cost a pod the same. */
    private static final int DIFFERENT_REQUESTS = 10;

    private ProxyCost() {}

    /** Of all requests but the first tenth, which warms the pod up. */
    private record Cost(
            double cpuMicros, double perSecond, double warmMegabytes, double endMegabytes) {}

    static List<Figure> run(Stage stage, IngestBench.Effort effort) throws IOException {
        Cost one = measure(stage, IngestBench.ONE_COPY, effort.proxied());
        Cost two = measure(stage, IngestBench.TWO_COPIES, effort.proxied());
        String what =
                "%,d documents of %d bytes in requests of %,d, nodes that do nothing"
                        .formatted(
                                effort.proxied() * BulkIngest.DOCUMENTS,
                                SmallDocuments.BYTES,
                                BulkIngest.DOCUMENTS);
        return List.of(
                Figure.atMost(CPU, "us/document", one.cpuMicros(), CPU_MICROS_MAX, what),
                Figure.told(CPU_TWO, "us/document", two.cpuMicros(), "each on both nodes"),
                Figure.told(RATE, "documents/s", one.perSecond(), "one request at a time"),
                Figure.atMost(
                        MEMORY,
                        "MB",
                        one.endMegabytes(),
                        one.warmMegabytes() * GROWTH_MAX,
                        "resident at the end; asked for is %s times that after a tenth"
                                .formatted(GROWTH_MAX)));
    }

    private static Cost measure(Stage stage, FleetShape shape, int count) throws IOException {
        Stage.Pod pod = stage.podBeforeNothing(shape);
        pod.server().createIndex(INDEX);
        List<byte[]> requests = new ArrayList<>(BulkIngest.requests(0, DIFFERENT_REQUESTS));
        int warm = count / 10;
        send(pod, requests, 0, warm);
        double warmMegabytes = pod.process().megabytes("VmRSS");
        long cpuBefore = pod.process().cpuMillis();
        long startNanos = System.nanoTime();
        send(pod, requests, warm, count);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long cpuMillis = pod.process().cpuMillis() - cpuBefore;
        double documents = (double) (count - warm) * BulkIngest.DOCUMENTS;
        return new Cost(
                1_000.0 * cpuMillis / documents,
                documents / seconds,
                warmMegabytes,
                pod.process().megabytes("VmRSS"));
    }

    private static void send(Stage.Pod pod, List<byte[]> requests, int from, int to) {
        for (int i = from; i < to; i++) {
            BulkIngest.write(pod.server(), INDEX, requests.get(i % requests.size()));
        }
        pod.server().awaitIdle();
    }
}
