package io.miroir.api.documents;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.search.FilterInput;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the parameters and bodies of document routes. */
public final class DocumentRequests {
    private static final Check COUNT = Check.unsigned(Long.MAX_VALUE);
    private static final Check BOOL = StrictValue::bool;

    private static final Shape WRITE =
            Shape.of(
                    notNull("primaryKey", ErrorCode.INVALID_INDEX_PRIMARY_KEY, Check.STRING),
                    notNull(
                            "csvDelimiter",
                            ErrorCode.INVALID_DOCUMENT_CSV_DELIMITER,
                            DocumentRequests::checkDelimiter),
                    notNull(
                            "customMetadata",
                            ErrorCode.INVALID_INDEX_CUSTOM_METADATA,
                            Check.STRING),
                    notNull("skipCreation", ErrorCode.INVALID_SKIP_CREATION, BOOL));

    private static final Shape MARK =
            Shape.of(
                    notNull(
                            "customMetadata",
                            ErrorCode.INVALID_INDEX_CUSTOM_METADATA,
                            Check.STRING));

    private static final Shape GET =
            Shape.of(
                    notNull("fields", ErrorCode.INVALID_DOCUMENT_FIELDS, Check.STRING),
                    notNull("retrieveVectors", ErrorCode.INVALID_DOCUMENT_RETRIEVE_VECTORS, BOOL),
                    notNull("useNetwork", ErrorCode.INVALID_DOCUMENT_USE_NETWORK, BOOL));

    private static final Shape LIST =
            Shape.of(
                    notNull("offset", ErrorCode.INVALID_DOCUMENT_OFFSET, COUNT),
                    notNull("limit", ErrorCode.INVALID_DOCUMENT_LIMIT, COUNT),
                    notNull("fields", ErrorCode.INVALID_DOCUMENT_FIELDS, Check.STRING),
                    notNull("retrieveVectors", ErrorCode.INVALID_DOCUMENT_RETRIEVE_VECTORS, BOOL),
                    notNull("ids", ErrorCode.INVALID_DOCUMENT_IDS, Check.STRING),
                    notNull("filter", ErrorCode.INVALID_DOCUMENT_FILTER, Check.STRING),
                    notNull("sort", ErrorCode.INVALID_DOCUMENT_SORT, Check.STRING),
                    notNull("useNetwork", ErrorCode.INVALID_DOCUMENT_USE_NETWORK, BOOL));

    private static final Shape FETCH =
            Shape.of(
                    notNull("offset", ErrorCode.INVALID_DOCUMENT_OFFSET, COUNT),
                    notNull("limit", ErrorCode.INVALID_DOCUMENT_LIMIT, COUNT),
                    optional("fields", ErrorCode.INVALID_DOCUMENT_FIELDS, Check.STRINGS),
                    notNull("retrieveVectors", ErrorCode.INVALID_DOCUMENT_RETRIEVE_VECTORS, BOOL),
                    optional(
                            "ids",
                            ErrorCode.INVALID_DOCUMENT_IDS,
                            Check.arrayOf(DocumentRequests::checkId)),
                    optional("filter", ErrorCode.INVALID_DOCUMENT_FILTER, _ -> {}),
                    optional("sort", ErrorCode.INVALID_DOCUMENT_SORT, Check.STRINGS),
                    optional("useNetwork", ErrorCode.INVALID_DOCUMENT_USE_NETWORK, BOOL));

    private static final Shape DELETE_BY_FILTER =
            Shape.of(
                    Shape.required(
                            "filter",
                            ErrorCode.INVALID_DOCUMENT_FILTER,
                            _ -> {},
                            ErrorCode.MISSING_DOCUMENT_FILTER));

    private DocumentRequests() {}

    /** Checks the parameters of a document write. */
    public static void checkWrite(Map<String, String> parameters) {
        WRITE.check(StrictValue.query(parameters));
    }

    /** Checks the parameters of a deletion. */
    public static void checkDeletion(Map<String, String> parameters) {
        MARK.check(StrictValue.query(parameters));
    }

    /** Checks the parameters of {@code GET documents/{id}}. */
    public static void checkGet(Map<String, String> parameters) {
        GET.check(StrictValue.query(parameters));
    }

    /** Reads the parameters of a list as the body of {@code documents/fetch} that says the same. */
    public static ObjectNode list(Map<String, String> parameters) {
        LIST.check(StrictValue.query(parameters));
        ObjectNode body = Json.object();
        parameters.forEach((name, value) -> put(body, name, value));
        checkFilter(body.get("filter"));
        return body;
    }

    /** Checks the body of {@code documents/fetch}. */
    public static ObjectNode fetch(JsonNode body) {
        FETCH.check(StrictValue.body(body));
        checkFilter(body.get("filter"));
        return (ObjectNode) body;
    }

    /** Reads the filter of a deletion. */
    public static JsonNode deletionFilter(JsonNode body) {
        DELETE_BY_FILTER.check(StrictValue.body(body));
        JsonNode filter = body.get("filter");
        checkFilter(filter);
        boolean empty =
                filter.isNull()
                        || (filter.isString() && filter.stringValue().isBlank())
                        || (filter.isArray() && filter.isEmpty());
        if (empty) {
            throw new ApiException(
                    ErrorCode.INVALID_DOCUMENT_FILTER, "Sending an empty filter is forbidden.");
        }
        return filter;
    }

    private static void checkFilter(@Nullable JsonNode filter) {
        FilterInput.parse(filter, ErrorCode.INVALID_DOCUMENT_FILTER);
    }

    private static void put(ObjectNode body, String name, String value) {
        switch (name) {
            case "offset", "limit" -> body.put(name, Long.parseLong(value));
            case "fields" -> {
                // A star among the fields means all of them.
                if (!List.of(value.split(",", -1)).contains("*")) {
                    putList(body, name, value);
                }
            }
            case "ids", "sort" -> putList(body, name, value);
            case "retrieveVectors", "useNetwork" -> body.put(name, Boolean.parseBoolean(value));
            default -> body.put(name, value);
        }
    }

    private static void putList(ObjectNode body, String name, String value) {
        ArrayNode list = body.putArray(name);
        if (!value.isEmpty()) {
            List.of(value.split(",", -1)).forEach(list::add);
        }
    }

    private static void checkDelimiter(StrictValue value) {
        String text = value.string();
        if (text.codePointCount(0, text.length()) != 1) {
            throw value.invalid(
                    text.isEmpty()
                            ? "expected a single character, but found an empty string"
                            : "expected a string of only one character, but found the following"
                                    + " string of "
                                    + text.codePointCount(0, text.length())
                                    + " characters: `"
                                    + text
                                    + "`");
        }
        if (text.codePointAt(0) >= 0x80) {
            throw value.error("csv delimiter must be an ascii character. Found: `" + text + "`");
        }
    }

    private static void checkId(StrictValue value) {
        if (!value.node().isString() && !value.node().isIntegralNumber()) {
            throw value.invalid("ids are strings or integers");
        }
    }
}
