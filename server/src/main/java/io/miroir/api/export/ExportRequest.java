package io.miroir.api.export;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ErrorCode;
import io.miroir.api.keys.IndexPattern;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Kind;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.math.BigInteger;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a client says to have indexes sent to another Meilisearch.
 *
 * @param url of the other one, as the client wrote it
 * @param apiKey for the other one; null for none
 * @param payloadBytes how large a payload may be; null if the client does not say
 * @param patterns which indexes, and what of them; an index is of the first that matches
 */
public record ExportRequest(
        String url,
        @Nullable String apiKey,
        @Nullable Long payloadBytes,
        SortedMap<String, Chosen> patterns) {
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
                            size -> {
                                long _ = bytes(size);
                            }),
                    optional("indexes", ErrorCode.BAD_REQUEST, ExportRequest::checkIndexes));

    /**
     * What is sent of an index.
     *
     * @param filter only documents that it matches; null for all
     * @param overrideSettings whether an index that is there is set anew
     */
    public record Chosen(@Nullable JsonNode filter, boolean overrideSettings) {}

    /** Reads a body; a malformed one is refused as Meilisearch does. */
    public static ExportRequest of(JsonNode body) {
        StrictValue request = StrictValue.body(body);
        BODY.check(request);
        SortedMap<String, Chosen> patterns = new TreeMap<>();
        if (body.hasNonNull("indexes")) {
            body.path("indexes")
                    .properties()
                    .forEach(index -> patterns.put(index.getKey(), chosen(index.getValue())));
        } else {
            patterns.put("*", chosen(JsonNodeFactory.instance.objectNode()));
        }
        return new ExportRequest(
                body.path("url").asString(""),
                body.hasNonNull("apiKey") ? body.path("apiKey").stringValue() : null,
                body.hasNonNull("payloadSize") ? bytes(request.member("payloadSize")) : null,
                patterns);
    }

    private static Chosen chosen(JsonNode index) {
        return new Chosen(
                index.hasNonNull("filter") ? index.get("filter") : null,
                index.path("overrideSettings").asBoolean(false));
    }

    private static void checkIndexes(StrictValue indexes) {
        for (Map.Entry<String, StrictValue> index : indexes.members().entrySet()) {
            if (!IndexPattern.isValid(index.getKey())) {
                throw indexes.invalid(
                        "the key "
                                + JsonNodeFactory.instance.stringNode(index.getKey())
                                + " could not be deserialized into the key type"
                                + " `meilisearch_types::index_uid_pattern::IndexUidPattern`");
            }
            INDEX.check(index.getValue());
        }
    }

    private static long bytes(StrictValue size) {
        switch (size.kind()) {
            case INTEGER -> {
                return size.node()
                        .bigIntegerValue()
                        .min(BigInteger.valueOf(Long.MAX_VALUE))
                        .longValue();
            }
            case STRING -> {
                try {
                    return PayloadSize.bytes(size.string());
                } catch (PayloadSize.WrongException wrong) {
                    throw size.invalid(String.valueOf(wrong.getMessage()));
                }
            }
            default -> throw size.wrongKind(Kind.INTEGER, Kind.STRING);
        }
    }
}
