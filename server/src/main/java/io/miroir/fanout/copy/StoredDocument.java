package io.miroir.fanout.copy;

import io.miroir.api.Json;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.core.hash.XxHash64;
import io.miroir.core.routing.Separators;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document as a node has it, reserved fields included. Its sequence number tells one writing of a
 * document from all others, whatever became of it since.
 *
 * @param seq as it is written, so that the order of the texts is that of the writings
 * @param bytes that it takes in a payload
 */
public record StoredDocument(String seq, ObjectNode json, int bytes) {
    private static final String VECTORS = "_vectors";
    private static final String REGENERATE = "regenerate";

    /** As a node tells it, without what it adds to documents that have no vectors. */
    public static StoredDocument of(ObjectNode told) {
        if (told.path(VECTORS).isEmpty()) {
            told.remove(VECTORS);
        }
        String seq = told.path(Separators.SEQ_FIELD).asString("");
        return new StoredDocument(seq, told, Json.bytes(told).length + 1);
    }

    /** Its id as text. */
    public String id(String primaryKey) {
        return new PrimaryKey(primaryKey).idOf(json);
    }

    /** True if both are the same writing with the same content. */
    public boolean same(StoredDocument other) {
        return seq.equals(other.seq)
                && (json.equals(other.json) || canonical(json).equals(canonical(other.json)));
    }

    /** A number that two nodes have in common if they have the same content. */
    public long digest() {
        return XxHash64.hash(Json.text(canonical(json)).getBytes(StandardCharsets.UTF_8));
    }

    /** As one line of a payload. */
    byte[] line() {
        byte[] line = Arrays.copyOf(Json.bytes(json), bytes);
        line[bytes - 1] = '\n';
        return line;
    }

    /**
     * The same with the fields of every object by name, as nodes may keep them in any order, and
     * without the vectors that nodes make of the document, which no two need to make alike.
     */
    private static JsonNode canonical(ObjectNode document) {
        ObjectNode ordered = (ObjectNode) sorted(document);
        if (ordered.path(VECTORS) instanceof ObjectNode vectors) {
            for (String embedder : List.copyOf(vectors.propertyNames())) {
                if (vectors.path(embedder).path(REGENERATE).asBoolean(false)) {
                    vectors.remove(embedder);
                }
            }
            if (vectors.isEmpty()) {
                ordered.remove(VECTORS);
            }
        }
        return ordered;
    }

    private static JsonNode sorted(JsonNode value) {
        if (value.isObject()) {
            Map<String, JsonNode> fields = new TreeMap<>();
            value.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            ObjectNode ordered = Json.object();
            fields.forEach((name, field) -> ordered.set(name, sorted(field)));
            return ordered;
        }
        if (value.isArray()) {
            var ordered = Json.array();
            value.forEach(element -> ordered.add(sorted(element)));
            return ordered;
        }
        return value;
    }
}
