package io.miroir.api.settings;

import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ErrorCode;
import io.miroir.api.JsonText;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What embedders look like in a client's JSON, whatever their source. */
final class EmbedderShapes {
    private static final ErrorCode CODE = ErrorCode.INVALID_SETTINGS_EMBEDDERS;

    private static final Check SOURCE = Check.oneOf(EmbedderSource.words());

    private static final Check POOLING = Check.oneOf(List.of("useModel", "forceCls", "forceMean"));

    private static final Shape DISTRIBUTION_SHAPE =
            Shape.of(
                    Shape.required("mean", CODE, Check.NUMBER, CODE),
                    Shape.required("sigma", CODE, Check.NUMBER, CODE));

    private static final Check DISTRIBUTION =
            distribution -> {
                DISTRIBUTION_SHAPE.check(distribution);
                Map<String, StrictValue> members = distribution.members();
                double mean = Objects.requireNonNull(members.get("mean")).number();
                double sigma = Objects.requireNonNull(members.get("sigma")).number();
                if (mean < 0 || mean > 1) {
                    throw distribution.invalid(
                            "the distribution mean must be in the range [0, 1], got "
                                    + JsonText.plain(mean));
                }
                if (sigma <= 0 || sigma > 1) {
                    throw distribution.invalid(
                            "the distribution sigma must be in the range ]0, 1], got "
                                    + JsonText.plain(sigma));
                }
            };

    private static final Check FRAGMENTS =
            Check.mapOf(
                    fragment -> {
                        if (!fragment.isNull() && !fragment.members().containsKey("value")) {
                            throw fragment.missing("value", CODE);
                        }
                    });

    /**
     * One of the two embedders that a composite one is made of; the last four only to be refused.
     */
    private static final Shape INNER =
            Shape.of(
                    optional("source", CODE, SOURCE),
                    optional("model", CODE, Check.STRING),
                    optional("revision", CODE, Check.STRING),
                    optional("pooling", CODE, POOLING),
                    optional("apiKey", CODE, Check.STRING),
                    optional("dimensions", CODE, Check.unsigned(Long.MAX_VALUE)),
                    optional("documentTemplate", CODE, Check.STRING),
                    optional("documentTemplateMaxBytes", CODE, Check.unsigned(Long.MAX_VALUE)),
                    optional("url", CODE, Check.STRING),
                    optional("indexingFragments", CODE, FRAGMENTS),
                    optional("searchFragments", CODE, FRAGMENTS),
                    optional("request", CODE, Check.ANY),
                    optional("response", CODE, Check.ANY),
                    optional("headers", CODE, Check.mapOf(Check.STRING)),
                    optional("distribution", CODE, DISTRIBUTION),
                    optional("binaryQuantized", CODE, Check.BOOLEAN),
                    optional("searchEmbedder", CODE, Check.ANY),
                    optional("indexingEmbedder", CODE, Check.ANY));

    private static final Shape EMBEDDER =
            Shape.of(
                    optional("source", CODE, SOURCE),
                    optional("model", CODE, Check.STRING),
                    optional("revision", CODE, Check.STRING),
                    optional("pooling", CODE, POOLING),
                    optional("apiKey", CODE, Check.STRING),
                    optional("dimensions", CODE, Check.unsigned(Long.MAX_VALUE)),
                    optional("binaryQuantized", CODE, Check.BOOLEAN),
                    optional("documentTemplate", CODE, Check.STRING),
                    optional("documentTemplateMaxBytes", CODE, Check.unsigned(Long.MAX_VALUE)),
                    optional("url", CODE, Check.STRING),
                    optional("indexingFragments", CODE, FRAGMENTS),
                    optional("searchFragments", CODE, FRAGMENTS),
                    optional("request", CODE, Check.ANY),
                    optional("response", CODE, Check.ANY),
                    optional("headers", CODE, Check.mapOf(Check.STRING)),
                    optional("searchEmbedder", CODE, INNER),
                    optional("indexingEmbedder", CODE, INNER),
                    optional("distribution", CODE, DISTRIBUTION));

    /** Embedders by name; null takes one away. */
    static final Check EMBEDDERS = Check.mapOf(EMBEDDER.orNull());

    private EmbedderShapes() {}

    /**
     * Embedders as Meilisearch keeps them of a request: of a fragment nothing but its value,
     * fractions in single precision.
     */
    static JsonNode asKept(JsonNode embedders) {
        JsonNode kept = embedders.deepCopy();
        kept.forEach(EmbedderShapes::keep);
        return kept;
    }

    private static void keep(JsonNode embedder) {
        for (String kind :
                List.of(EmbedderSource.INDEXING_FRAGMENTS, EmbedderSource.SEARCH_FRAGMENTS)) {
            for (JsonNode fragment : embedder.path(kind)) {
                if (fragment instanceof ObjectNode object) {
                    object.retain("value");
                }
            }
        }
        if (embedder.path("distribution") instanceof ObjectNode distribution) {
            for (String member : List.of("mean", "sigma")) {
                // The shortest text that is this number in single precision.
                String single = Float.toString((float) distribution.path(member).doubleValue());
                distribution.put(member, Double.parseDouble(single));
            }
        }
        if (embedder.isObject()) {
            keep(embedder.path(EmbedderSource.SEARCH_PART));
            keep(embedder.path(EmbedderSource.INDEXING_PART));
        }
    }
}
