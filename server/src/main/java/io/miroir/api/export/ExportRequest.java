package io.miroir.api.export;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Kind;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import tools.jackson.databind.JsonNode;

/** What a client may say to have indexes sent to another Meilisearch. */
public final class ExportRequest {
    private static final Shape INDEX =
            Shape.of(
                    optional("filter", ErrorCode.INVALID_EXPORT_INDEX_FILTER, Check.ANY),
                    notNull(
                            "overrideSettings",
                            ErrorCode.INVALID_EXPORT_INDEX_OVERRIDE_SETTINGS,
                            Check.BOOLEAN));

    private static final Shape BODY =
            Shape.of(
                    notNull("url", ErrorCode.INVALID_EXPORT_URL, Check.STRING),
                    optional("apiKey", ErrorCode.INVALID_EXPORT_API_KEY, Check.STRING),
                    optional(
                            "payloadSize",
                            ErrorCode.INVALID_EXPORT_PAYLOAD_SIZE,
                            ExportRequest::checkSize),
                    optional("indexes", ErrorCode.BAD_REQUEST, Check.mapOf(INDEX)));

    private ExportRequest() {}

    private static void checkSize(StrictValue size) {
        if (size.kind() != Kind.INTEGER && size.kind() != Kind.STRING) {
            throw size.wrongKind(Kind.INTEGER, Kind.STRING);
        }
    }

    /** Refuses a malformed body as Meilisearch does. */
    public static void check(JsonNode body) {
        BODY.check(StrictValue.body(body));
    }
}
