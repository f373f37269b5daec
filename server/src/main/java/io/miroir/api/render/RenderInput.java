package io.miroir.api.render;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a client wants to see in a template, as any node takes it. */
public final class RenderInput {
    private static final String INDEX = "indexUid";
    private static final String ID = "id";
    private static final String INLINE = "inline";

    private final ObjectNode input;
    private final String kind;

    private RenderInput(ObjectNode input) {
        this.input = input;
        this.kind = input.path("kind").asString("");
    }

    /**
     * What nodes are given.
     *
     * @param input of the client's body, well formed
     * @param exists whether there is an index of that name
     * @param documents by the name of their index and their key; empty if there is none
     * @throws ApiException in Meilisearch's words
     */
    public static ObjectNode forNodes(
            ObjectNode input,
            Predicate<String> exists,
            BiFunction<String, String, Optional<JsonNode>> documents,
            Features features) {
        RenderInput asked = new RenderInput(input);
        String index = input.path(INDEX).asString(null);
        if (index != null && !exists.test(index)) {
            throw new ApiException(
                    ErrorCode.INDEX_NOT_FOUND,
                    "Cannot open index `%s`: Index `%s` not found.".formatted(index, index));
        }
        if (asked.kind.equals("indexDocument")) {
            return asked.document(documents);
        }
        if (asked.kind.equals("inlineSearch")) {
            requireSearches(features);
        }
        asked.refuse(INDEX, "index_uid");
        // Nodes find out what else is wrong with it.
        return input;
    }

    private ObjectNode document(BiFunction<String, String, Optional<JsonNode>> documents) {
        String index = require(INDEX);
        String id = require(ID);
        refuse(INLINE, INLINE);
        JsonNode document =
                documents
                        .apply(index, id)
                        .orElseThrow(
                                () ->
                                        new ApiException(
                                                ErrorCode.RENDER_DOCUMENT_NOT_FOUND,
                                                told(
                                                        "document `%s` not found in `%s`"
                                                                .formatted(id, index))));
        ObjectNode inline = Json.object().put("kind", "inlineDocument");
        inline.set(INLINE, document);
        return inline;
    }

    private static void requireSearches(Features features) {
        try {
            features.require(Feature.MULTIMODAL, "rendering search");
        } catch (ApiException off) {
            throw new ApiException(off.code(), told(off.text()));
        }
    }

    private String require(String field) {
        if (!input.hasNonNull(field)) {
            throw wrong("parameter `" + field + "` missing for kind `" + kind + "`");
        }
        return input.path(field).asString("");
    }

    private void refuse(String field, String shown) {
        if (input.hasNonNull(field)) {
            throw wrong("parameter `" + shown + "` disallowed for kind `" + kind + "`");
        }
    }

    private static ApiException wrong(String what) {
        return new ApiException(ErrorCode.INVALID_RENDER_INPUT, told(what));
    }

    private static String told(String what) {
        return "error while fetching input: " + what;
    }
}
