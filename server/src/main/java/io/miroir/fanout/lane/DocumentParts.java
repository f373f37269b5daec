package io.miroir.fanout.lane;

import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.spool.Spool;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The documents of a payload, parted by the nodes that are to have them. */
final class DocumentParts {
    private final IntFunction<List<String>> nodesOf;
    private final Spooler spooler;
    private final Map<String, Spool> parts = new TreeMap<>();
    private final Map<Integer, Target> targets = new HashMap<>();
    private final BitSet touched = new BitSet();
    private final StampedLine line = new StampedLine();

    /** Where the documents of a shard go, and how their lines begin. */
    private record Target(List<Spool> parts, StampedLine.Head head) {}

    DocumentParts(IntFunction<List<String>> nodesOf, Spooler spooler) {
        this.nodesOf = nodesOf;
        this.spooler = spooler;
    }

    /**
     * Adds a document.
     *
     * @param ordinal its place in the payload
     * @param json it, as an object between {@code start} and {@code end}
     */
    void add(int shard, long ordinal, byte[] json, int start, int end) {
        Target target = targets.computeIfAbsent(shard, this::target);
        line.write(target.head(), ordinal, json, start, end);
        for (Spool part : target.parts()) {
            part.write(line.bytes(), 0, line.length());
        }
    }

    private Target target(int shard) {
        touched.set(shard);
        List<Spool> spools =
                nodesOf.apply(shard).stream()
                        .map(node -> parts.computeIfAbsent(node, _ -> spooler.open()))
                        .toList();
        return new Target(spools, new StampedLine.Head(shard));
    }

    /** The shards that the documents are in. */
    ShardSet shards() {
        return ShardSet.copyOf(touched);
    }

    /** For each node its documents. */
    Map<String, Spooled> finish() {
        Map<String, Spooled> finished = new TreeMap<>();
        parts.forEach((node, spool) -> finished.put(node, spool.finish()));
        return finished;
    }

    /** Forgets all. */
    void discard() {
        parts.values().forEach(Spool::discard);
    }
}
