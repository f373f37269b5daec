package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.documents.DocumentReader;
import io.miroir.api.documents.GeoPoint;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.spool.Spool;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a payload once: checks every document, gives it its shard and its place, and writes it to
 * the part of each node that is to have it. One document is in memory at a time.
 */
final class DocumentSplit implements DocumentReader.Sink {
    private static final String VECTORS = "_vectors";

    private final IntFunction<List<String>> nodesOf;
    private final int shards;
    private final Spooler spooler;
    private final boolean geo;
    private final Map<String, Spool> parts = new TreeMap<>();
    private final Map<Integer, List<String>> nodesOfShard = new HashMap<>();
    private final BitSet touched = new BitSet();
    private final int differentMax;
    private @Nullable Set<String> different = new HashSet<>();
    private @Nullable PrimaryKey key;
    private @Nullable ApiException fault;
    private long received;

    private DocumentSplit(Target target, Spooler spooler) {
        String primaryKey = target.primaryKey();
        this.key = primaryKey == null ? null : new PrimaryKey(primaryKey);
        this.shards = target.shards();
        this.nodesOf = target.nodesOf();
        this.geo = target.geo();
        this.differentMax = target.differentMax();
        this.spooler = spooler;
    }

    /**
     * The index that documents are for.
     *
     * @param primaryKey null to choose it by the first document
     * @param nodesOf which nodes are to have the documents of a shard
     * @param geo true if the index refuses a malformed {@code _geo}. A node finds that out while it
     *     indexes, when other nodes have taken their part of the documents already
     * @param differentMax how many different documents are told from each other
     */
    record Target(
            @Nullable String primaryKey,
            int shards,
            IntFunction<List<String>> nodesOf,
            boolean geo,
            int differentMax) {}

    /**
     * A payload that has been read to its end.
     *
     * @param received how many documents it had
     * @param primaryKey the key in use, chosen by the first document if none was given
     * @param fault what fails the task, as Meilisearch would find it while it indexes
     * @param shards what the documents are in
     * @param parts for each node its documents, one a line, not yet placed
     * @param different how many different documents there are; empty if there are too many to tell,
     *     or some that a node may refuse for a reason that is not seen here
     */
    record Result(
            long received,
            @Nullable String primaryKey,
            @Nullable ApiException fault,
            ShardSet shards,
            Map<String, Spooled> parts,
            OptionalLong different)
            implements AutoCloseable {
        @Override
        public void close() {
            parts.values().forEach(Spooled::close);
        }
    }

    /**
     * Splits a payload.
     *
     * @throws ApiException for a payload that Meilisearch refuses at once
     */
    static Result of(
            InputStream body, PayloadFormat format, char delimiter, Target target, Spooler spooler)
            throws IOException {
        DocumentSplit split = new DocumentSplit(target, spooler);
        try {
            DocumentReader.read(format, delimiter, body, split);
            return split.result();
        } catch (IOException | RuntimeException failed) {
            split.parts.values().forEach(Spool::discard);
            throw failed;
        }
    }

    @Override
    public void accept(ObjectNode document) {
        received++;
        for (String field : document.propertyNames()) {
            if (Separators.isReserved(field)) {
                throw new ApiException(
                        ErrorCode.MIROIR_RESERVED_FIELD,
                        "The field `" + field + "` is reserved: documents can't have it.");
            }
        }
        if (fault != null) {
            // Counted, and read on: a payload that is malformed further down is refused as a whole.
            return;
        }
        try {
            place(document);
        } catch (ApiException found) {
            fault = found;
        }
    }

    private void place(ObjectNode document) {
        PrimaryKey inUse = key;
        if (inUse == null) {
            inUse = PrimaryKey.infer(document);
            key = inUse;
        }
        String id = inUse.idOf(document);
        if (geo) {
            GeoPoint.read(Json.text(Json.mapper().valueToTree(id)), document.path("_geo"));
        }
        int shard = Rendezvous.shard(id, shards);
        tell(id, document);
        byte[] line = line(document, shard);
        touched.set(shard);
        for (String node : nodesOfShard.computeIfAbsent(shard, nodesOf::apply)) {
            parts.computeIfAbsent(node, _ -> spooler.open()).write(line, 0, line.length);
        }
    }

    private void tell(String id, ObjectNode document) {
        if (different == null) {
            return;
        }
        different.add(id);
        if (different.size() > differentMax || document.has(VECTORS)) {
            different = null;
        }
    }

    private byte[] line(ObjectNode document, int shard) {
        String json = Json.text(document);
        StringBuilder line = new StringBuilder(json.length() + 160);
        line.append(StampedStream.HEAD)
                .append(StampedStream.unplaced(received - 1))
                .append("\",\"")
                .append(Separators.SHARD_FIELD)
                .append("\":\"")
                .append(Separators.shard(shard))
                // A document has at least its id, so something follows the comma.
                .append("\",")
                .append(json, 1, json.length())
                .append('\n');
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private Result result() {
        if (fault != null) {
            parts.values().forEach(Spool::discard);
            return new Result(
                    received, null, fault, ShardSet.none(), Map.of(), OptionalLong.empty());
        }
        Map<String, Spooled> finished = new TreeMap<>();
        parts.forEach((node, spool) -> finished.put(node, spool.finish()));
        return new Result(
                received,
                key == null ? null : key.name(),
                null,
                ShardSet.copyOf(touched),
                finished,
                different == null ? OptionalLong.empty() : OptionalLong.of(different.size()));
    }
}
