package io.miroir.bench.load;

import io.miroir.bench.tools.Histogram;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rows of what was measured. */
final class RebalanceRows {
    static final List<String> IDS =
            List.of(
                    "rebalance.moved.replicas",
                    "rebalance.moved.documents",
                    "rebalance.search.p99",
                    "rebalance.search.p99_copying",
                    "rebalance.search.p50",
                    "rebalance.search.p50_copying",
                    "rebalance.search.p99_afterwards",
                    "rebalance.search.wrong",
                    "rebalance.write.p99",
                    "rebalance.write.failed",
                    "rebalance.documents.missing",
                    "rebalance.documents.strange",
                    "rebalance.documents.misplaced",
                    "rebalance.replicas.misplaced",
                    "rebalance.seconds",
                    "rebalance.rate");

    private static final double SHARE = 0.05;
    private static final double P99_RATIO_MAX = 1.5;
    private static final double MEDIAN = 0.5;
    private static final double P99 = 0.99;

    private final Layouts layouts;
    private final Phases phases;

    /**
     * Who is to have which shard.
     *
     * @param coming the node that is only in the second
     */
    record Layouts(Topology before, Topology then, String coming) {
        /** Shards that the node is to get: no others have to move. */
        ShardSet gained() {
            return then.shardsOf(coming);
        }

        long gainedOf(Collection<Long> ids) {
            ShardSet gained = gained();
            return ids.stream()
                    .filter(id -> gained.contains(Rendezvous.shard(id.toString(), then.shards())))
                    .count();
        }
    }

    /**
     * What clients saw.
     *
     * @param meanwhile from the begin of the change to its end
     * @param copying the part of it in which documents were copied
     */
    record Phases(Seen before, Seen meanwhile, Seen copying, Seen afterwards) {}

    RebalanceRows(Layouts layouts, Phases phases) {
        this.layouts = layouts;
        this.phases = phases;
    }

    /**
     * All of them.
     *
     * @param toCopy ids of the documents that were there when copying began
     */
    List<Figure> rows(
            Arrival.Moved moved,
            Collection<Long> toCopy,
            ReplicaTable before,
            ReplicaTable then,
            CopyAudit audit) {
        int gained = layouts.gained().size();
        int replicas = layouts.then().shards() * layouts.then().replicationFactor();
        return List.of(
                Figure.within(
                        "rebalance.moved.replicas",
                        "replicas",
                        then.newSince(before),
                        gained,
                        SHARE,
                        "theirs: rendezvous; of %d, a fourth is %d"
                                .formatted(replicas, replicas / 4)),
                Figure.within(
                        "rebalance.moved.documents",
                        "documents",
                        (double) moved.copied(),
                        (double) layouts.gainedOf(toCopy),
                        SHARE,
                        "copied; theirs: what these shards had when copying began; %,d were deleted"
                                .formatted(moved.freed())),
                p99("rebalance.search.p99", phases.meanwhile(), "the whole change"),
                p99("rebalance.search.p99_copying", phases.copying(), "while documents are copied"),
                beside("rebalance.search.p50", phases.meanwhile(), MEDIAN),
                beside("rebalance.search.p50_copying", phases.copying(), MEDIAN),
                beside("rebalance.search.p99_afterwards", phases.afterwards(), P99),
                wrong(),
                Figure.beside(
                        "rebalance.write.p99",
                        "ms",
                        millis(phases.meanwhile().writes(), P99),
                        millis(phases.before().writes(), P99),
                        "%,d writes of ten documents, %,d before; p50 %.1f, %.1f"
                                .formatted(
                                        phases.meanwhile().writes().count(),
                                        phases.before().writes().count(),
                                        millis(phases.meanwhile().writes(), MEDIAN),
                                        millis(phases.before().writes(), MEDIAN))),
                failed(),
                Figure.none(
                        "rebalance.documents.missing",
                        "documents",
                        audit.missing(),
                        "acknowledged, and not found through the pod as they were written"),
                Figure.none(
                        "rebalance.documents.strange",
                        "documents",
                        audit.strange(),
                        "deleted and found all the same, or found twice"),
                Figure.none(
                        "rebalance.documents.misplaced",
                        "documents",
                        audit.misplaced(),
                        "not on exactly the nodes that are to have them, asked one by one"),
                Figure.none(
                        "rebalance.replicas.misplaced",
                        "replicas",
                        then.strayFrom(layouts.then()),
                        "not in sync where they are to be, or somewhere else"),
                Figure.told(
                        "rebalance.seconds",
                        "s",
                        moved.seconds(),
                        "%.0f of them copying; most of the rest waits for older searches"
                                .formatted(moved.copyingSeconds())),
                Figure.told(
                        "rebalance.rate",
                        "documents/s",
                        moved.copied() / Math.max(moved.copyingSeconds(), 1),
                        "while documents are copied"));
    }

    private Figure p99(String id, Seen seen, String when) {
        return Figure.atMostTimes(
                id,
                "ms",
                millis(seen.searches(), P99),
                millis(phases.before().searches(), P99),
                P99_RATIO_MAX,
                "%s: %,d searches, %,d before"
                        .formatted(
                                when, seen.searches().count(), phases.before().searches().count()));
    }

    private Figure beside(String id, Seen seen, double part) {
        return Figure.beside(
                id,
                "ms",
                millis(seen.searches(), part),
                millis(phases.before().searches(), part),
                "theirs: before");
    }

    private Figure wrong() {
        Map<KnownSearch.Flaw, Long> sum = new TreeMap<>();
        for (Seen seen : all()) {
            seen.flaws().forEach((flaw, count) -> sum.merge(flaw, count, Long::sum));
        }
        long searches = all().stream().mapToLong(seen -> seen.searches().count()).sum();
        return Figure.none(
                "rebalance.search.wrong",
                "answers",
                sum.values().stream().mapToLong(Long::longValue).sum(),
                "of %,d, each compared with the one at first: %s".formatted(searches, told(sum)));
    }

    private Figure failed() {
        long writes = all().stream().mapToLong(seen -> seen.writes().count()).sum();
        return Figure.none(
                "rebalance.write.failed",
                "requests",
                all().stream().mapToLong(Seen::writesFailed).sum(),
                "%,d were taken".formatted(writes));
    }

    private String told(Map<KnownSearch.Flaw, Long> sum) {
        return sum.isEmpty()
                ? "total, page and order"
                : sum + " " + all().stream().flatMap(seen -> seen.examples().stream()).toList();
    }

    private List<Seen> all() {
        return List.of(phases.before(), phases.meanwhile(), phases.afterwards());
    }

    private static double millis(Histogram histogram, double part) {
        return histogram.micros(part) / 1_000;
    }
}
