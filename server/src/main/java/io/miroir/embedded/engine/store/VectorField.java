package io.miroir.embedded.engine.store;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.settings.IndexSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The member {@code _vectors} of documents. */
public final class VectorField {
    /** Its name. */
    public static final String NAME = "_vectors";

    private static final int VECTORS_MAX = 256;

    private VectorField() {}

    /**
     * Puts the vectors of the index's embedders into their one form: {@code {"embeddings": [[…],
     * …], "regenerate": …}}. Vectors of unknown embedders are left as they are.
     *
     * @param id the document's id, for messages
     * @param document changed in place
     * @param missing told of a document without vectors that its user must bring
     * @throws ApiException when vectors are malformed
     */
    static void normalize(
            String id, ObjectNode document, IndexSettings settings, MissingVectors missing) {
        JsonNode vectors = document.path(NAME);
        if (!vectors.isMissingNode() && !vectors.isObject() && !vectors.isNull()) {
            throw new ApiException(
                    ErrorCode.INTERNAL,
                    "invalid type: " + kind(vectors) + ", expected a map at line 1 column 1");
        }
        for (Embedder embedder : settings.embedders().values()) {
            JsonNode given = vectors.get(embedder.name());
            if (given == null) {
                if (embedder.source().equals("userProvided")) {
                    missing.add(embedder.name(), id);
                }
                continue;
            }
            ((ObjectNode) vectors).set(embedder.name(), normalized(id, embedder, given));
        }
    }

    private static String kind(JsonNode node) {
        if (node.isString()) {
            return "string " + Json.text(node);
        }
        if (node.isArray()) {
            return "sequence";
        }
        String name =
                node.isBoolean()
                        ? "boolean"
                        : node.isIntegralNumber() ? "integer" : "floating point";
        return name + " `" + Json.text(node) + "`";
    }

    private static ObjectNode normalized(String id, Embedder embedder, JsonNode given) {
        String name = embedder.name();
        boolean regenerate = false;
        JsonNode vectors = given;
        if (given.isObject()) {
            for (Map.Entry<String, JsonNode> member : given.properties()) {
                String key = member.getKey();
                if (!key.equals("regenerate") && !key.equals("embeddings")) {
                    throw bad(
                            id,
                            "Unexpected field `._vectors."
                                    + name
                                    + "."
                                    + key
                                    + "`\n  - note: the allowed fields are `regenerate` and"
                                    + " `embeddings`");
                }
            }
            if (!given.path("regenerate").isBoolean()) {
                throw bad(
                        id,
                        "Missing field `._vectors."
                                + name
                                + ".regenerate`\n  - note: `._vectors."
                                + name
                                + "` must be an array of floats, an array of arrays of floats, or"
                                + " an object with field `regenerate`");
            }
            regenerate = given.get("regenerate").booleanValue();
            vectors = given.path("embeddings");
        } else if (!given.isArray() && !given.isNull()) {
            throw wrongKind(id, name, given);
        }
        ObjectNode result = Json.object();
        result.set("embeddings", embeddings(id, embedder, vectors));
        return result.put("regenerate", regenerate);
    }

    private static ApiException wrongKind(String id, String name, JsonNode given) {
        String kind =
                given.isBoolean()
                        ? "boolean"
                        : given.isString()
                                ? "string"
                                : given.isIntegralNumber() ? "integer" : "number";
        String shown = given.isString() ? given.stringValue() : Json.text(given);
        return bad(
                id,
                "Expected `._vectors."
                        + name
                        + "` to be an array of floats, an array of arrays of floats, or an object"
                        + " with at least the field `regenerate`, but got the "
                        + kind
                        + " `"
                        + shown
                        + "`");
    }

    private static ArrayNode embeddings(String id, Embedder embedder, JsonNode given) {
        ArrayNode all = Json.array();
        if (!given.isArray() || given.isEmpty()) {
            return all;
        }
        if (given.get(0).isArray()) {
            given.forEach(vector -> all.add(floats(id, embedder.name(), vector)));
        } else {
            all.add(floats(id, embedder.name(), given));
        }
        if (all.size() > VECTORS_MAX) {
            throw new ApiException(
                    ErrorCode.TOO_MANY_VECTORS,
                    "Too many vectors for document with id "
                            + id
                            + ": found "
                            + all.size()
                            + ", but limited to 256.");
        }
        for (int i = 0; i < all.size(); i++) {
            int found = all.get(i).size();
            if (embedder.dimensions() > 0 && found != embedder.dimensions()) {
                throw new ApiException(
                        ErrorCode.INVALID_VECTOR_DIMENSIONS,
                        "Invalid vector dimensions in document with id `"
                                + id
                                + "` in `._vectors."
                                + embedder.name()
                                + "`.\n  - note: embedding #"
                                + i
                                + " has dimensions "
                                + found
                                + "\n  - note: embedder `"
                                + embedder.name()
                                + "` requires "
                                + embedder.dimensions());
            }
        }
        return all;
    }

    private static ArrayNode floats(String id, String name, JsonNode vector) {
        ArrayNode floats = Json.array();
        for (int i = 0; i < vector.size(); i++) {
            JsonNode element = vector.get(i);
            if (!element.isNumber()) {
                throw bad(
                        id,
                        "Invalid value type at `._vectors."
                                + name
                                + "["
                                + i
                                + "]`: expected a number or an array, but found "
                                + described(element));
            }
            floats.add((float) element.doubleValue());
        }
        return floats;
    }

    private static String described(JsonNode node) {
        if (node.isNull()) {
            return "null";
        }
        String kind =
                node.isString()
                        ? "a string"
                        : node.isBoolean()
                                ? "a boolean"
                                : node.isArray() ? "an array" : "an object";
        return kind + ": `" + Json.text(node) + "`";
    }

    private static ApiException bad(String id, String problem) {
        return new ApiException(
                ErrorCode.INVALID_VECTORS_TYPE,
                "Bad embedder configuration in the document with id: `" + id + "`. " + problem);
    }

    /** The vectors of an embedder in a normalized document, one after the other; null for none. */
    static byte @Nullable [] packed(ObjectNode document, Embedder embedder) {
        JsonNode vectors = document.path(NAME).path(embedder.name()).path("embeddings");
        if (!vectors.isArray() || vectors.isEmpty()) {
            return null;
        }
        int dimensions = vectors.get(0).size();
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * dimensions * vectors.size())
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode vector : vectors) {
            for (JsonNode number : vector) {
                bytes.putFloat((float) number.doubleValue());
            }
        }
        return bytes.array();
    }

    /**
     * Shows a stored document to a client: with its vectors if asked for, else without any.
     *
     * @param document changed in place
     */
    public static void show(ObjectNode document, boolean retrieveVectors, IndexSettings settings) {
        JsonNode stored = document.remove(NAME);
        if (!retrieveVectors) {
            return;
        }
        ObjectNode shown = stored instanceof ObjectNode object ? object.deepCopy() : Json.object();
        for (Embedder embedder : settings.embedders().values()) {
            JsonNode own = shown.remove(embedder.name());
            if (own != null) {
                shown.set(embedder.name(), own);
            }
        }
        document.set(NAME, shown);
    }
}
