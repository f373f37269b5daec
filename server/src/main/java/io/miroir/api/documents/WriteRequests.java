package io.miroir.api.documents;

import static io.miroir.api.strict.Shape.notNull;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.JsonText;
import io.miroir.api.features.Features;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.core.filter.Filter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.JsonNode;

/** The parameters and bodies of routes that add and delete documents. */
public final class WriteRequests {
    /** Meilisearch's own limit is that of its URL; this keeps a task small. */
    private static final int METADATA_CHARS_MAX = 8 * 1024;

    /** What no document has, and what is no error as an empty text is. */
    private static final String NO_ID = " ";

    private static final Shape ADDITION =
            Shape.of(
                    notNull("primaryKey", ErrorCode.INVALID_INDEX_PRIMARY_KEY, Check.STRING),
                    notNull(
                            "csvDelimiter",
                            ErrorCode.INVALID_DOCUMENT_CSV_DELIMITER,
                            WriteRequests::oneCharacter),
                    metadata(),
                    notNull(
                            "skipCreation",
                            ErrorCode.INVALID_SKIP_CREATION,
                            WriteRequests::skipCreation));

    private static final Shape DELETION = Shape.of(metadata());

    private static final Shape BY_FILTER =
            Shape.of(
                    Shape.required(
                            "filter",
                            ErrorCode.INVALID_DOCUMENT_FILTER,
                            Check.ANY,
                            ErrorCode.MISSING_DOCUMENT_FILTER));

    private WriteRequests() {}

    /**
     * The parameters of an addition.
     *
     * @param primaryKey null if the client names none
     * @param csvDelimiter null if the client names none
     * @param skipCreation whether documents that are not there yet are left out
     */
    public record Addition(
            @Nullable String primaryKey,
            @Nullable Character csvDelimiter,
            @Nullable String customMetadata,
            boolean skipCreation) {}

    /** Reads the parameters of an addition. */
    public static Addition addition(Map<String, String> parameters) {
        ADDITION.check(StrictValue.query(parameters));
        String delimiter = parameters.get("csvDelimiter");
        return new Addition(
                parameters.get("primaryKey"),
                delimiter == null ? null : delimiter.charAt(0),
                parameters.get("customMetadata"),
                Boolean.parseBoolean(parameters.get("skipCreation")));
    }

    /** Reads the parameters of a deletion: the custom metadata, or null. */
    public static @Nullable String customMetadata(Map<String, String> parameters) {
        DELETION.check(StrictValue.query(parameters));
        return parameters.get("customMetadata");
    }

    /** Checks the body of a deletion by ids: a list of anything. */
    public static JsonNode idsToDelete(JsonNode body) {
        if (!body.isArray()) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST,
                    "Json deserialize error: invalid type: "
                            + JsonText.kindOf(body)
                            + ", expected a sequence at line 1 column "
                            + (body.isObject() ? 0 : Json.bytes(body).length));
        }
        return body;
    }

    /** An id in such a list; what can't be one is kept, and matches nothing. */
    public static String idToDelete(JsonNode id) {
        return id.isString() ? id.stringValue() : Json.text(id);
    }

    /**
     * Such a list, of texts alone, in UTF-8: one after the other, as there may be many. What is too
     * long for an id goes as a short text that is none either.
     */
    public static byte[] idList(JsonNode ids) {
        ByteArrayBuilder list = new ByteArrayBuilder();
        try (JsonGenerator json = Json.mapper().createGenerator(list)) {
            json.writeStartArray();
            for (JsonNode id : ids) {
                String text = idToDelete(id);
                json.writeString(text.length() > PrimaryKey.ID_BYTES_MAX ? NO_ID : text);
            }
            json.writeEndArray();
        }
        return list.toByteArray();
    }

    /**
     * Reads the body of a deletion by filter; a filter that selects everything is refused, and one
     * that needs a feature which is off.
     */
    public static JsonNode filterToDelete(JsonNode body, Features features) {
        BY_FILTER.check(StrictValue.body(body));
        JsonNode filter = body.get("filter");
        if (filter.isNull()) {
            throw new ApiException(
                    ErrorCode.INVALID_DOCUMENT_FILTER,
                    "Invalid syntax for the filter parameter: `expected String, Array, found:"
                            + " null`.");
        }
        Filter parsed = FilterInput.parse(filter, ErrorCode.INVALID_DOCUMENT_FILTER);
        if (parsed == null) {
            throw new ApiException(
                    ErrorCode.INVALID_DOCUMENT_FILTER, "Sending an empty filter is forbidden.");
        }
        FilterFeatures.check(parsed, features);
        FilterFeatures.refuseForeign(parsed, ErrorCode.INVALID_DOCUMENT_FILTER);
        return filter;
    }

    private static Shape.Field metadata() {
        return notNull(
                "customMetadata",
                ErrorCode.INVALID_INDEX_CUSTOM_METADATA,
                value -> {
                    if (value.string().length() > METADATA_CHARS_MAX) {
                        throw value.invalid("more than " + METADATA_CHARS_MAX + " characters long");
                    }
                });
    }

    private static void oneCharacter(StrictValue value) {
        String text = value.string();
        int characters = text.codePointCount(0, text.length());
        if (characters == 0) {
            throw value.invalid("expected a string of one character, but found an empty string");
        }
        if (characters > 1) {
            throw value.invalid(
                    "expected a string of one character, but found the following string of "
                            + characters
                            + " characters: `"
                            + text
                            + "`");
        }
        if (text.codePointAt(0) >= 0x80) {
            throw value.error("csv delimiter must be an ascii character. Found: `" + text + "`");
        }
    }

    private static void skipCreation(StrictValue value) {
        String text = value.string();
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw value.error(
                    "skipCreation must be either `true` or `false`. Found: `" + text + "`");
        }
    }
}
