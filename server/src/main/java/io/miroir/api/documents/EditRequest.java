package io.miroir.api.documents;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Features;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.core.filter.Filter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A function that edits documents.
 *
 * @param function in the language of nodes
 * @param filter of the documents that it edits; null for all
 * @param context what it is given beside a document; null for nothing
 */
public record EditRequest(
        String function, @Nullable JsonNode filter, @Nullable ObjectNode context) {
    private static final Shape BODY =
            Shape.of(
                    Shape.optional("filter", ErrorCode.INVALID_DOCUMENT_FILTER, Check.ANY),
                    Shape.optional(
                            "context", ErrorCode.INVALID_DOCUMENT_EDITION_CONTEXT, Check.ANY),
                    Shape.required(
                            "function",
                            ErrorCode.INVALID_DOCUMENT_EDITION_FUNCTION_FILTER,
                            Check.STRING,
                            ErrorCode.MISSING_DOCUMENT_EDITION_FUNCTION));

    /** Checks the members of a body, not yet what they hold. */
    public static void checkShape(JsonNode body) {
        BODY.check(StrictValue.body(body));
    }

    /** The function of a body whose shape was checked. Meilisearch reads it before the rest. */
    public static String function(JsonNode body) {
        return body.path("function").stringValue();
    }

    /**
     * Reads a body whose shape was checked.
     *
     * @param indexUid the index, which errors name
     * @param features what the filter may use
     */
    public static EditRequest parse(JsonNode body, String indexUid, Features features) {
        JsonNode filter = body.path("filter");
        boolean filtered = !filter.isMissingNode() && !filter.isNull();
        if (filtered) {
            checkFilter(filter, indexUid, features);
        }
        JsonNode context = body.path("context");
        if (!context.isMissingNode() && !context.isNull() && !context.isObject()) {
            throw new ApiException(
                    ErrorCode.INVALID_DOCUMENT_EDITION_CONTEXT, "The context must be an object");
        }
        return new EditRequest(
                function(body),
                filtered ? filter : null,
                context instanceof ObjectNode object ? object : null);
    }

    private static ApiException ofIndex(String uid, ApiException refused) {
        return new ApiException(refused.code(), "Index `" + uid + "`: " + refused.text());
    }

    private static void checkFilter(JsonNode filter, String indexUid, Features features) {
        Filter parsed;
        try {
            parsed = FilterInput.parse(filter, ErrorCode.INVALID_DOCUMENT_FILTER);
        } catch (ApiException refused) {
            // Of an expression in a list Meilisearch doesn't say the index.
            throw filter.isArray() && !FilterInput.isOfKinds(refused)
                    ? refused
                    : ofIndex(indexUid, refused);
        }
        if (parsed != null) {
            try {
                FilterFeatures.check(parsed, features);
                FilterFeatures.refuseForeign(parsed, ErrorCode.INVALID_DOCUMENT_FILTER);
            } catch (ApiException refused) {
                throw ofIndex(indexUid, refused);
            }
        }
        if (parsed == null) {
            throw new ApiException(
                    ErrorCode.INVALID_DOCUMENT_FILTER, "Sending an empty filter is forbidden.");
        }
    }
}
