package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.documents.DocumentReader;
import io.miroir.api.documents.DocumentScanner;
import io.miroir.api.documents.GeoPoint;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.api.documents.ScannedDocument;
import io.miroir.api.documents.VectorField;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a payload: checks every document, gives it its shard and its place, and writes it to the
 * part of each node that is to have it. One document is looked at at a time, and passed on by its
 * bytes; what its bytes alone do not tell is read as a tree.
 */
final class DocumentSplit {
    private static final String VECTORS = "_vectors";
    private static final String GEO = "_geo";

    private static final byte[] VECTORS_BYTES = VECTORS.getBytes(StandardCharsets.UTF_8);
    private static final byte[] GEO_BYTES = GEO.getBytes(StandardCharsets.UTF_8);
    private static final byte[] RESERVED_BYTES =
            Separators.RESERVED_PREFIX.getBytes(StandardCharsets.UTF_8);

    private final int shards;
    private final boolean geo;
    private final DocumentParts parts;
    private final KeyCount keys;
    private final @Nullable VectorRules vectorRules;
    private final VectorFaults vectorFaults = new VectorFaults();
    private final byte[] id = new byte[PrimaryKey.ID_BYTES_MAX + 1];
    private @Nullable PrimaryKey key;
    private byte @Nullable [] keyName;
    private @Nullable ApiException fault;
    private long received;

    private DocumentSplit(Target target, Spooler spooler) {
        String primaryKey = target.primaryKey();
        if (primaryKey != null) {
            use(new PrimaryKey(primaryKey));
        }
        this.shards = target.shards();
        this.geo = target.geo();
        this.parts = new DocumentParts(target.nodesOf(), spooler);
        this.keys = new KeyCount(target.differentMax());
        this.vectorRules = target.vectors();
    }

    /**
     * The index that documents are for.
     *
     * @param primaryKey null to choose it by the first document
     * @param nodesOf which nodes are to have the documents of a shard
     * @param geo true if the index refuses a malformed {@code _geo}. A node finds that out while it
     *     indexes, when other nodes have taken their part of the documents already
     * @param differentMax how many different documents are told from each other
     * @param vectors what vectors must be like; null if nodes alone decide
     */
    record Target(
            @Nullable String primaryKey,
            int shards,
            IntFunction<List<String>> nodesOf,
            boolean geo,
            int differentMax,
            @Nullable VectorRules vectors) {}

    /**
     * What vectors must be like. Nodes find out while they index, as with {@code geo}.
     *
     * @param merging true if a document keeps the fields that it does not come with
     * @param dimensions of each embedder that is sure to be there; asked if a document has vectors
     */
    record VectorRules(boolean merging, Supplier<Map<String, Integer>> dimensions) {}

    /**
     * A payload that has been read to its end.
     *
     * @param received how many documents it had
     * @param primaryKey the key in use, chosen by the first document if none was given
     * @param fault what fails the task, as Meilisearch would find it while it indexes
     * @param shards what the documents are in
     * @param parts for each node its documents, each a {@link StampedLine}
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
            Spooled body, PayloadFormat format, char delimiter, Target target, Spooler spooler)
            throws IOException {
        Optional<Result> byBytes = byBytes(body, format, target, spooler);
        return byBytes.isPresent()
                ? byBytes.get()
                : byTrees(body, format, delimiter, target, spooler);
    }

    /** Empty for a payload of which trees must decide. */
    static Optional<Result> byBytes(
            Spooled body, PayloadFormat format, Target target, Spooler spooler) throws IOException {
        return run(target, spooler, body, (in, split) -> split.scan(format, in));
    }

    /** What {@link #byBytes} must agree with. */
    static Result byTrees(
            Spooled body, PayloadFormat format, char delimiter, Target target, Spooler spooler)
            throws IOException {
        return run(target, spooler, body, (in, split) -> split.read(format, delimiter, in))
                .orElseThrow();
    }

    private interface Pass {
        /** Reads the payload; false if it must be read in another way. */
        boolean over(InputStream payload, DocumentSplit split) throws IOException;
    }

    private static Optional<Result> run(Target target, Spooler spooler, Spooled body, Pass pass)
            throws IOException {
        DocumentSplit split = new DocumentSplit(target, spooler);
        try (InputStream in = body.open()) {
            if (pass.over(in, split)) {
                return Optional.of(split.result());
            }
        } catch (IOException | RuntimeException failed) {
            split.parts.discard();
            throw failed;
        }
        split.parts.discard();
        return Optional.empty();
    }

    private boolean scan(PayloadFormat format, InputStream payload) throws IOException {
        try {
            return DocumentScanner.scan(
                    format,
                    payload,
                    document -> {
                        if (!passOn(document)) {
                            accept(document.tree());
                        }
                    });
        } catch (JacksonException _) {
            // A reader of the whole payload meets the same, and tells where it is.
            return false;
        }
    }

    private boolean read(PayloadFormat format, char delimiter, InputStream payload)
            throws IOException {
        long _ = DocumentReader.read(format, delimiter, payload, this::accept);
        return true;
    }

    /** Takes a document by its bytes; false if they don't tell all that must be known of it. */
    private boolean passOn(ScannedDocument document) {
        byte[] named = keyName;
        if (named == null || fault != null || !document.isReadAlike()) {
            return false;
        }
        int keyMember = -1;
        int vectors = -1;
        for (int member = 0; member < document.members(); member++) {
            if (document.isNamed(member, named)) {
                if (keyMember >= 0) {
                    return false;
                }
                keyMember = member;
            } else if (document.nameBegins(member, RESERVED_BYTES)) {
                return false;
            } else if (geo && document.isNamed(member, GEO_BYTES)) {
                return false;
            } else if (document.isNamed(member, VECTORS_BYTES)) {
                if (vectors >= 0) {
                    return false;
                }
                vectors = member;
            }
        }
        int length = keyMember < 0 ? ScannedDocument.NO_ID : document.copyId(keyMember, id);
        if (length == ScannedDocument.NO_ID) {
            return false;
        }
        received++;
        long hash = Rendezvous.hash(id, length);
        checkVectors(
                hash,
                () -> new String(id, 0, length, StandardCharsets.UTF_8),
                vectors < 0 ? null : document.value(vectors));
        place(hash, vectors >= 0, document.bytes(), document.start(), document.end());
        return true;
    }

    private void accept(ObjectNode document) {
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
        String text;
        try {
            text = checkedId(document);
        } catch (ApiException found) {
            fault = found;
            return;
        }
        byte[] json = Json.bytes(document);
        long hash = Rendezvous.hash(text);
        checkVectors(hash, () -> text, document.get(VECTORS));
        place(hash, document.has(VECTORS), json, 0, json.length);
    }

    private String checkedId(ObjectNode document) {
        PrimaryKey inUse = key;
        if (inUse == null) {
            inUse = PrimaryKey.infer(document);
            use(inUse);
        }
        String text = inUse.idOf(document);
        if (geo) {
            GeoPoint.read(Json.text(Json.mapper().valueToTree(text)), document.path(GEO));
        }
        return text;
    }

    private void use(PrimaryKey chosen) {
        key = chosen;
        // A dotted one may lead into members of members; one of these is looked at as what it is.
        boolean special = chosen.isPath() || chosen.name().startsWith("_");
        keyName = special ? null : chosen.name().getBytes(StandardCharsets.UTF_8);
    }

    private void checkVectors(long hash, Supplier<String> text, @Nullable JsonNode vectors) {
        VectorRules rules = vectorRules;
        if (rules == null) {
            return;
        }
        if (vectors != null || !rules.merging()) {
            vectorFaults.forget(hash);
        }
        if (vectors != null) {
            VectorField.check(text.get(), vectors, rules.dimensions().get())
                    .ifPresent(found -> vectorFaults.add(hash, received, found));
        }
    }

    private void place(long hash, boolean vectors, byte[] json, int start, int end) {
        keys.add(hash);
        if (vectors) {
            // Whether it is as the index wants them, only nodes find out.
            keys.giveUp();
        }
        parts.add(Rendezvous.shard(hash, shards), received - 1, json, start, end);
    }

    private Result result() {
        if (fault == null) {
            fault = vectorFaults.first().orElse(null);
        }
        if (fault != null) {
            parts.discard();
            return new Result(
                    received, null, fault, ShardSet.none(), Map.of(), OptionalLong.empty());
        }
        return new Result(
                received,
                key == null ? null : key.name(),
                null,
                parts.shards(),
                parts.finish(),
                keys.different());
    }
}
