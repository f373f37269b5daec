package io.miroir.api.documents;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The attribute that identifies documents, and what it may hold.
 *
 * @param name its name; dots lead into nested objects
 */
public record PrimaryKey(String name) {
    /** An id is no longer. */
    public static final int ID_BYTES_MAX = 511;

    private static final String INFERENCE_HINT =
            " Please specify the primary key manually using the `primaryKey` query parameter.";

    /**
     * Chooses the primary key by the first document of an index: its one attribute that ends with
     * {@code id}.
     */
    public static PrimaryKey infer(ObjectNode firstDocument) {
        List<String> candidates = new ArrayList<>();
        for (String field : firstDocument.propertyNames()) {
            if (field.toLowerCase(Locale.ROOT).endsWith("id")) {
                candidates.add(field);
            }
        }
        if (candidates.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INDEX_PRIMARY_KEY_NO_CANDIDATE_FOUND,
                    "The primary key inference failed as the engine did not find any field ending"
                            + " with `id` in its name."
                            + INFERENCE_HINT);
        }
        candidates.sort(null);
        if (candidates.size() > 1) {
            throw new ApiException(
                    ErrorCode.INDEX_PRIMARY_KEY_MULTIPLE_CANDIDATES_FOUND,
                    "The primary key inference failed as the engine found "
                            + candidates.size()
                            + " fields ending with `id` in their names: '"
                            + candidates.get(0)
                            + "' and '"
                            + candidates.get(1)
                            + "'."
                            + INFERENCE_HINT);
        }
        return new PrimaryKey(candidates.getFirst());
    }

    /** Whether it may lead into objects inside of a document. */
    public boolean isPath() {
        return name.indexOf('.') >= 0;
    }

    /** The id of a document, as text: integer 1 and string "1" are the same id. */
    public String idOf(ObjectNode document) {
        List<JsonNode> found = new ArrayList<>();
        collect(document, name, found);
        if (found.isEmpty()) {
            throw new ApiException(
                    ErrorCode.MISSING_DOCUMENT_ID,
                    "Document doesn't have a `"
                            + name
                            + "` attribute: `"
                            + Json.text(document)
                            + "`.");
        }
        if (found.size() > 1) {
            throw new ApiException(
                    ErrorCode.INVALID_DOCUMENT_ID,
                    "Document have too many matching `"
                            + name
                            + "` attribute: `"
                            + Json.text(document)
                            + "`.");
        }
        return idOf(found.getFirst());
    }

    /** The id that a JSON value stands for; anything but an integer or a fitting string fails. */
    public static String idOf(JsonNode value) {
        if (value.isIntegralNumber()) {
            return value.bigIntegerValue().toString();
        }
        if (value.isString() && isId(value.stringValue())) {
            return value.stringValue();
        }
        throw new ApiException(
                ErrorCode.INVALID_DOCUMENT_ID,
                "Document identifier `"
                        + JsonText.of(value)
                        + "` is invalid. A document identifier can be of type integer or string,"
                        + " only composed of alphanumeric characters (a-z A-Z 0-9), hyphens (-) and"
                        + " underscores (_), and can not be more than 511 bytes.");
    }

    /**
     * What a deletion of the document with an empty id fails with, and of all others that are to be
     * deleted with it: Meilisearch's database has no such key.
     */
    public static ApiException emptyId() {
        return new ApiException(
                ErrorCode.INTERNAL,
                "MDB_BAD_VALSIZE: Unsupported size of key/DB name/data, or wrong DUPFIXED size");
    }

    /** Whether a text can be a document's id. */
    public static boolean isId(String text) {
        return !text.isEmpty()
                && text.getBytes(StandardCharsets.UTF_8).length <= ID_BYTES_MAX
                && text.chars().allMatch(IndexUid::isCharacter);
    }

    /** Finds the values at a dotted path; keys that hold dots themselves count as well. */
    private static void collect(ObjectNode object, String path, List<JsonNode> found) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String key = member.getKey();
            if (key.equals(path)) {
                found.add(member.getValue());
            } else if (path.startsWith(key)
                    && path.charAt(key.length()) == '.'
                    && member.getValue() instanceof ObjectNode below) {
                collect(below, path.substring(key.length() + 1), found);
            }
        }
    }
}
