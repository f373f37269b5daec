package io.miroir.api.documents;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Kind;
import io.miroir.api.strict.Place;
import io.miroir.api.strict.StrictValue;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The vectors that a document brings, checked as Meilisearch checks them while it indexes. What can
 * be told from the document alone is told here: a node that finds it out has neighbours that have
 * taken their documents already. Where a message counts characters, they are those of JSON without
 * blanks.
 */
public final class VectorField {
    private static final String NAME = "_vectors";
    private static final String REGENERATE = "regenerate";
    private static final String EMBEDDINGS = "embeddings";

    private final String id;

    /**
     * What is wrong.
     *
     * @param early found of all documents before anything is embedded
     */
    public record Fault(boolean early, ApiException error) {}

    private VectorField(String id) {
        this.id = id;
    }

    /**
     * Checks the field of one document.
     *
     * @param id of the document
     * @param vectors the field's value
     * @param dimensions of each embedder of which they are known
     */
    public static Optional<Fault> check(
            String id, JsonNode vectors, Map<String, Integer> dimensions) {
        VectorField field = new VectorField(id);
        try {
            field.checkShape(vectors);
        } catch (ApiException wrong) {
            return Optional.of(new Fault(true, wrong));
        }
        try {
            dimensions.forEach((name, size) -> field.checkEmbeddings(vectors, name, size));
        } catch (ApiException wrong) {
            return Optional.of(new Fault(false, wrong));
        }
        return Optional.empty();
    }

    private void checkShape(JsonNode vectors) {
        if (!vectors.isObject()) {
            int column = vectors.isArray() ? 0 : length(vectors);
            throw new ApiException(ErrorCode.INTERNAL, invalid(vectors, "a map", column));
        }
        vectors.properties().forEach(entry -> checkEntry(entry.getKey(), entry.getValue()));
    }

    private void checkEntry(String name, JsonNode entry) {
        switch (Kind.of(entry)) {
            case NULL, ARRAY -> {}
            case OBJECT -> checkExplicit(name, entry);
            case BOOLEAN -> throw wrongKind(name, "boolean", entry.asString());
            case INTEGER, NEGATIVE_INTEGER -> throw wrongKind(name, "integer", entry.asString());
            case FLOAT -> throw wrongKind(name, "number", entry.asString());
            case STRING -> throw wrongKind(name, "string", entry.asString());
        }
    }

    private void checkExplicit(String name, JsonNode entry) {
        boolean regenerates = false;
        // Behind the brace.
        int at = 1;
        for (Map.Entry<String, JsonNode> member : entry.properties()) {
            JsonNode value = member.getValue();
            at += length(Json.mapper().valueToTree(member.getKey())) + 1;
            switch (member.getKey()) {
                case REGENERATE -> {
                    if (!value.isBoolean()) {
                        throw bad(
                                "Could not parse `._vectors.%s.regenerate`: %s"
                                        .formatted(
                                                name,
                                                invalid(value, "a boolean", at + length(value))));
                    }
                    regenerates = true;
                }
                case EMBEDDINGS -> {}
                default ->
                        throw bad(
                                "Could not parse `._vectors.%s`: trailing characters at line 1"
                                                .formatted(name)
                                        + " column "
                                        + at);
            }
            at += length(value) + 1;
        }
        if (!regenerates) {
            throw bad(
                    ("Missing field `._vectors.%1$s.regenerate`\n"
                                    + "  - note: `._vectors.%1$s` must be an array of floats, an"
                                    + " array of arrays of floats, or an object with field"
                                    + " `regenerate`")
                            .formatted(name));
        }
    }

    private void checkEmbeddings(JsonNode vectors, String name, int dimensions) {
        Place place = new Place.Body("").key(NAME).key(name);
        JsonNode entry = vectors.path(name);
        if (entry.isObject()) {
            place = place.key(EMBEDDINGS);
            entry = entry.path(EMBEDDINGS);
        }
        if (entry.isMissingNode() || entry.isNull()) {
            return;
        }
        StrictValue embeddings = new StrictValue(entry, place, ErrorCode.INVALID_VECTORS_TYPE);
        int[] sizes;
        try {
            sizes = sizes(embeddings);
        } catch (ApiException wrong) {
            throw bad(wrong.text());
        }
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] != dimensions) {
                throw new ApiException(
                        ErrorCode.INVALID_VECTOR_DIMENSIONS,
                        ("Invalid vector dimensions in document with id `%s` in"
                                        + " `._vectors.%s`.\n"
                                        + "  - note: embedding #%d has dimensions %d\n"
                                        + "  - note: embedder `%s` requires %d")
                                .formatted(id, name, i, sizes[i], name, dimensions));
            }
        }
    }

    /** How long each vector is. */
    private static int[] sizes(StrictValue embeddings) {
        JsonNode array = embeddings.node();
        if (!array.isArray()) {
            throw embeddings.wrongKind(Kind.NULL, Kind.ARRAY);
        }
        if (array.isEmpty()) {
            return new int[0];
        }
        if (array.get(0).isNumber()) {
            checkNumbers(embeddings);
            return new int[] {array.size()};
        }
        if (!array.get(0).isArray()) {
            throw embeddings.array().getFirst().wrongKind(Kind.FLOAT, Kind.ARRAY);
        }
        int[] sizes = new int[array.size()];
        for (int i = 0; i < sizes.length; i++) {
            if (!array.get(i).isArray()) {
                throw embeddings.array().get(i).wrongKind(Kind.ARRAY);
            }
            checkNumbers(
                    new StrictValue(array.get(i), embeddings.place().index(i), embeddings.code()));
            sizes[i] = array.get(i).size();
        }
        return sizes;
    }

    private static void checkNumbers(StrictValue vector) {
        for (int i = 0; i < vector.node().size(); i++) {
            if (!vector.node().get(i).isNumber()) {
                throw vector.array().get(i).wrongKind(Kind.FLOAT);
            }
        }
    }

    private ApiException wrongKind(String name, String kind, String value) {
        return bad(
                ("Expected `._vectors.%s` to be an array of floats, an array of arrays of"
                                + " floats, or an object with at least the field `regenerate`, but"
                                + " got the %s `%s`")
                        .formatted(name, kind, value));
    }

    private ApiException bad(String why) {
        return new ApiException(
                ErrorCode.INVALID_VECTORS_TYPE,
                "Bad embedder configuration in the document with id: `" + id + "`. " + why);
    }

    private static String invalid(JsonNode found, String expected, int column) {
        String kind =
                switch (Kind.of(found)) {
                    case NULL -> "null";
                    case BOOLEAN -> "boolean `" + found.asString() + "`";
                    case INTEGER, NEGATIVE_INTEGER -> "integer `" + found.asString() + "`";
                    case FLOAT -> "floating point `" + found.asString() + "`";
                    case STRING -> "string " + Json.text(found);
                    case ARRAY -> "sequence";
                    case OBJECT -> "map";
                };
        return "invalid type: " + kind + ", expected " + expected + " at line 1 column " + column;
    }

    private static int length(JsonNode value) {
        return Json.bytes(value).length;
    }
}
