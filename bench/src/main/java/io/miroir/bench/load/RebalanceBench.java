package io.miroir.bench.load;

import io.miroir.cli.fleet.NodeSource;
import java.util.List;

/** A fourth node comes to a group of three while clients search and write. */
public final class RebalanceBench {
    private static final String USAGE =
            """
            usage: bench/run rebalance [OPTION...]

            One pod before a group of three nodes, 64 shards, each on two of them. A fourth node is
            added while clients search and write: how much moves beside what rendezvous asks for, how
            searches and writes fare before, meanwhile and afterwards, and whether each document is
            where it is to be at the end. Before and afterwards last a minute each, less where
            --minutes leaves less.

              --documents N       so many are there at first (200,000)
            """;

    /**
     * How much is measured.
     *
     * @param documents that are there at first
     * @param warmMillis of searches and writes before anything is measured
     * @param phaseMillis before and afterwards, at most
     */
    record Effort(int documents, int warmMillis, int phaseMillis) {
        static final Effort FULL = new Effort(200_000, 20_000, 60_000);
        static final Effort QUICK = new Effort(10_000, 5_000, 10_000);

        private static Effort of(LoadOptions options) {
            Effort effort = options.quick() ? QUICK : FULL;
            Integer documents = options.documents();
            return documents == null
                    ? effort
                    : new Effort(documents, effort.warmMillis, effort.phaseMillis);
        }
    }

    private RebalanceBench() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        System.exit(Suite.run(new Suite.About(USAGE, true), arguments, RebalanceBench::parts));
    }

    private static List<Suite.Part> parts(LoadOptions options) {
        Effort effort = Effort.of(options);
        NodeSource nodes = options.nodes();
        return List.of(
                new Suite.Part(
                        RebalanceRows.IDS,
                        (stage, deadline, steps) ->
                                Rebalance.on(stage, nodes, effort).run(deadline, steps)));
    }
}
