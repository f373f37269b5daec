package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.spool.Spool;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Ids of documents, parted by the nodes that have these: one is looked at at a time, however many
 * there are.
 */
final class DocumentIds {
    private DocumentIds() {}

    /** Ids in their order. */
    @FunctionalInterface
    interface Source {
        /** Gives each. */
        void each(Consumer<String> to) throws IOException;
    }

    /** The ids of a body, a list of texts. */
    static Source in(Spooled body) {
        return to -> {
            try (InputStream in = body.open();
                    JsonParser parser = Json.mapper().createParser(in)) {
                while (parser.nextToken() != null) {
                    if (parser.currentToken() == JsonToken.VALUE_STRING) {
                        to.accept(parser.getString());
                    }
                }
            }
        };
    }

    /** How many there are. */
    static int count(Source ids) throws IOException {
        int[] count = new int[1];
        ids.each(_ -> count[0]++);
        return count[0];
    }

    /**
     * All ids.
     *
     * @param shards what the documents are in
     * @param parts for each node its ids, as a list; none if one of them is empty
     * @param holdsEmpty whether one of them is an empty text
     */
    record Split(int count, ShardSet shards, Map<String, Spooled> parts, boolean holdsEmpty) {}

    /**
     * Parts them. From one on that is empty they are only counted: nobody is sent such a list.
     *
     * @param shards how many there are
     * @param nodesOf which nodes have the documents of a shard
     */
    static Split split(
            Source ids,
            int shards,
            IntFunction<? extends Iterable<String>> nodesOf,
            Spooler spooler)
            throws IOException {
        Map<String, Spool> parts = new TreeMap<>();
        BitSet touched = new BitSet();
        Map<String, Spooled> finished = new TreeMap<>();
        int[] count = new int[1];
        boolean[] holdsEmpty = new boolean[1];
        try {
            ids.each(
                    id -> {
                        count[0]++;
                        if (id.isEmpty()) {
                            holdsEmpty[0] = true;
                            parts.values().forEach(Spool::discard);
                            parts.clear();
                        }
                        if (holdsEmpty[0]) {
                            return;
                        }
                        int shard = Rendezvous.shard(id, shards);
                        touched.set(shard);
                        byte[] json = Json.bytes(JsonNodeFactory.instance.stringNode(id));
                        for (String node : nodesOf.apply(shard)) {
                            Spool part = parts.computeIfAbsent(node, _ -> spooler.open());
                            part.write(part.length() == 0 ? '[' : ',');
                            part.write(json, 0, json.length);
                        }
                    });
            parts.values().forEach(part -> part.write(']'));
            parts.forEach((node, part) -> finished.put(node, part.finish()));
        } catch (IOException | RuntimeException failed) {
            parts.values().forEach(Spool::discard);
            throw failed;
        }
        return new Split(count[0], ShardSet.copyOf(touched), finished, holdsEmpty[0]);
    }
}
