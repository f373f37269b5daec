package io.miroir.bench.load;

import io.miroir.cli.fleet.FleetShape;
import io.miroir.cli.fleet.NodeSource;
import java.util.List;

/** Documents through a pod: how many beside a bare node, and what the pod itself costs. */
public final class IngestBench {
    /** Two nodes with one copy of each document: as many copies as a bare node has. */
    static final FleetShape ONE_COPY = new FleetShape(1, 1, 2, 16, 1);

    /** Each document on both. */
    static final FleetShape TWO_COPIES = new FleetShape(1, 1, 2, 16, 2);

    private static final String USAGE =
            """
            usage: bench/run ingest [OPTION...]

            Documents of 300 bytes through one pod, a row an id: in requests of 10,000 beside one
            bare node, in turns; before nodes that do nothing, for the pod's own CPU and memory;
            and one document a request from 64 clients, likewise.

            """;

    /**
     * How much is measured.
     *
     * @param turns of each side with large requests
     * @param requests in each turn
     * @param proxied requests to a pod before nodes that do nothing
     * @param smallTurns of each side with small requests
     * @param smallMillis each of them lasts
     * @param smallWarmMillis of small requests before the first turn: a JVM compiles what it is
     *     asked for often, and that costs more than thousands of writes
     */
    record Effort(
            int turns,
            int requests,
            int proxied,
            int smallTurns,
            int smallMillis,
            int smallWarmMillis) {
        static final Effort FULL = new Effort(10, 10, 100, 3, 10_000, 30_000);
        static final Effort QUICK = new Effort(2, 2, 20, 1, 2_000, 4_000);
    }

    private IngestBench() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        System.exit(Suite.run(new Suite.About(USAGE, false), arguments, IngestBench::parts));
    }

    private static List<Suite.Part> parts(LoadOptions options) {
        Effort effort = options.quick() ? Effort.QUICK : Effort.FULL;
        NodeSource nodes = options.nodes();
        return List.of(
                new Suite.Part(JsonFloor.IDS, (_, _, _) -> JsonFloor.run(effort)),
                new Suite.Part(ProxyCost.IDS, (stage, _, _) -> ProxyCost.run(stage, effort)),
                new Suite.Part(
                        BulkIngest.IDS,
                        (stage, deadline, _) -> BulkIngest.run(stage, nodes, effort, deadline)),
                new Suite.Part(
                        SmallWrites.IDS,
                        (stage, deadline, _) -> SmallWrites.run(stage, nodes, effort, deadline)),
                new Suite.Part(
                        SmallWrites.ALONE_IDS,
                        (stage, deadline, _) -> SmallWrites.runAlone(stage, effort, deadline)));
    }
}
