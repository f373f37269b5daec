package io.miroir.api.render;

import static io.miroir.api.strict.Shape.optional;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a client may want to see rendered. */
public final class RenderRequest {
    private static final ErrorCode OF_TEMPLATE = ErrorCode.INVALID_RENDER_TEMPLATE;
    private static final ErrorCode OF_INPUT = ErrorCode.INVALID_RENDER_INPUT;

    private static final Shape TEMPLATE =
            Shape.of(
                    OF_TEMPLATE,
                    required(
                            "kind",
                            OF_TEMPLATE,
                            Check.oneOf(
                                    List.of(
                                            "documentTemplate",
                                            "chatDocumentTemplate",
                                            "indexingFragment",
                                            "searchFragment",
                                            "inlineDocumentTemplate",
                                            "inlineFragment")),
                            OF_TEMPLATE),
                    optional("indexUid", OF_TEMPLATE, Check.INDEX_UID),
                    optional("embedder", OF_TEMPLATE, Check.STRING),
                    optional("fragment", OF_TEMPLATE, Check.STRING),
                    optional("inline", OF_TEMPLATE, Check.ANY),
                    optional("documentTemplateMaxBytes", OF_TEMPLATE, Check.POSITIVE));

    private static final Shape INPUT =
            Shape.of(
                    OF_INPUT,
                    required(
                            "kind",
                            OF_INPUT,
                            Check.oneOf(List.of("indexDocument", "inlineDocument", "inlineSearch")),
                            OF_INPUT),
                    optional("indexUid", OF_INPUT, Check.INDEX_UID),
                    optional("id", OF_INPUT, Check.STRING),
                    optional("inline", OF_INPUT, Check.ANY));

    private static final Shape BODY =
            Shape.of(
                    required("template", OF_TEMPLATE, TEMPLATE, ErrorCode.BAD_REQUEST),
                    optional("input", OF_INPUT, INPUT));

    private RenderRequest() {}

    /** Refuses a malformed body as Meilisearch does. */
    public static void check(JsonNode body) {
        BODY.check(StrictValue.body(body));
    }
}
