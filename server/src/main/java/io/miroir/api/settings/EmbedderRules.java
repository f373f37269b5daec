package io.miroir.api.settings;

import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.JsonText;
import io.miroir.api.UrlText;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Which members the configuration of an embedder may have, by the source of its vectors. */
final class EmbedderRules {
    private static final ErrorCode CODE = ErrorCode.INVALID_SETTINGS_EMBEDDERS;

    /** The one whose vectors can't be made shorter. */
    private static final String FIXED_MODEL = "text-embedding-ada-002";

    private static final List<String> EVERYWHERE =
            List.of("source", "distribution", "binaryQuantized");

    private static final List<String> FIELDS =
            List.of(
                    "source",
                    "model",
                    "revision",
                    "pooling",
                    "apiKey",
                    "dimensions",
                    "documentTemplate",
                    "documentTemplateMaxBytes",
                    "url",
                    "indexingFragments",
                    "searchFragments",
                    "request",
                    "response",
                    "headers",
                    "searchEmbedder",
                    "indexingEmbedder",
                    "distribution",
                    "binaryQuantized");

    /** In this order one that is at fault is told. */
    private static final List<String> CHECKED =
            List.of(
                    "model",
                    "revision",
                    "pooling",
                    "dimensions",
                    "apiKey",
                    "url",
                    "indexingFragments",
                    "searchFragments",
                    "request",
                    "response",
                    "documentTemplate",
                    "documentTemplateMaxBytes",
                    "headers",
                    "searchEmbedder",
                    "indexingEmbedder");

    private record Source(String word, Set<String> mandatory, Set<String> allowed) {
        boolean permits(String field) {
            return EVERYWHERE.contains(field)
                    || mandatory.contains(field)
                    || allowed.contains(field);
        }
    }

    private static final List<Source> ALL =
            List.of(
                    new Source(
                            "openAi",
                            Set.of(),
                            Set.of(
                                    "model",
                                    "apiKey",
                                    "documentTemplate",
                                    "documentTemplateMaxBytes",
                                    "dimensions",
                                    "url")),
                    new Source(
                            "huggingFace",
                            Set.of(),
                            Set.of(
                                    "model",
                                    "revision",
                                    "pooling",
                                    "documentTemplate",
                                    "documentTemplateMaxBytes")),
                    new Source(
                            "ollama",
                            Set.of("model"),
                            Set.of(
                                    "documentTemplate",
                                    "documentTemplateMaxBytes",
                                    "url",
                                    "apiKey",
                                    "dimensions")),
                    new Source("userProvided", Set.of("dimensions"), Set.of()),
                    new Source(
                            "rest",
                            Set.of("url", "request", "response"),
                            Set.of(
                                    "apiKey",
                                    "dimensions",
                                    "documentTemplate",
                                    "documentTemplateMaxBytes",
                                    "headers",
                                    "indexingFragments",
                                    "searchFragments")),
                    new Source(
                            "composite", Set.of("searchEmbedder", "indexingEmbedder"), Set.of()));

    private static final List<String> SOURCES = ALL.stream().map(Source::word).toList();

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

    /** The models of OpenAI, with the dimensions of their vectors. */
    private static final Map<String, Integer> OPEN_AI_MODELS = openAiModels();

    private static Map<String, Integer> openAiModels() {
        Map<String, Integer> models = new LinkedHashMap<>();
        models.put(FIXED_MODEL, 1_536);
        models.put("text-embedding-3-small", 1_536);
        models.put("text-embedding-3-large", 3_072);
        return models;
    }

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
                    optional("source", CODE, Check.oneOf(SOURCES)),
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
                    optional("source", CODE, Check.oneOf(SOURCES)),
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

    private EmbedderRules() {}

    /** Whether embedders of that source have such a member. */
    static boolean permits(String source, String member) {
        return ALL.stream().anyMatch(one -> one.word.equals(source) && one.permits(member));
    }

    /**
     * Checks what well formed embedders are given against their sources.
     *
     * @throws ApiException in Meilisearch's words, of the first that is wrong
     */
    static void checkSources(JsonNode embedders) {
        embedders
                .properties()
                .forEach(
                        embedder -> {
                            if (!embedder.getValue().isNull()) {
                                check(embedder.getKey(), embedder.getValue());
                            }
                        });
    }

    /**
     * Checks what an embedder is given, or has.
     *
     * @throws ApiException in Meilisearch's words
     */
    static void check(String name, JsonNode embedder) {
        if (embedder.path("documentTemplate").isString()) {
            requireNotZero(name, "documentTemplateMaxBytes", embedder);
        }
        requireNotZero(name, "dimensions", embedder);
        String url = embedder.path("url").asString("");
        if (embedder.path("url").isString()) {
            UrlText.fault(url)
                    .ifPresent(
                            fault -> {
                                throw refused(
                                        "`.embedders."
                                                + name
                                                + ".url`: could not parse `"
                                                + UrlText.shown(url)
                                                + "`: "
                                                + fault);
                            });
        }
        for (Source source : ALL) {
            if (embedder.path("source").asString("").equals(source.word)) {
                checkAgainst(source, name, embedder);
            }
        }
        if (embedder.path("source").asString("").equals("openAi")
                && embedder.path("model").isString()) {
            checkOpenAi(name, embedder);
        }
    }

    private static void checkOpenAi(String name, JsonNode embedder) {
        String model = embedder.path("model").stringValue();
        Integer own = OPEN_AI_MODELS.get(model);
        if (own == null) {
            throw refused(
                    "`.embedders."
                            + name
                            + ".model`: Invalid model `"
                            + model
                            + "` for OpenAI. Supported models: "
                            + OPEN_AI_MODELS.keySet().stream()
                                    .map(word -> '"' + word + '"')
                                    .toList());
        }
        JsonNode dimensions = embedder.path("dimensions");
        if (!dimensions.isNumber()) {
            return;
        }
        String refusal = "`.embedders." + name + ".dimensions`: Model `" + model + "` does not";
        long asked = dimensions.longValue();
        if (model.equals(FIXED_MODEL) && asked != own) {
            throw refused(
                    refusal
                            + " support overriding its native dimensions of "
                            + own
                            + ". Found "
                            + asked);
        }
        if (asked > own) {
            throw refused(
                    refusal
                            + " support overriding its dimensions to a value higher than "
                            + own
                            + ". Found "
                            + asked);
        }
    }

    /** Refuses a zero where none may be. */
    static void requireNotZero(String name, String field, JsonNode embedder) {
        JsonNode value = embedder.path(field);
        if (value.isNumber() && value.longValue() == 0) {
            throw refused(
                    "`.embedders." + name + "." + field + "`: `" + field + "` cannot be zero");
        }
    }

    private static void checkAgainst(Source source, String name, JsonNode embedder) {
        for (String field : CHECKED) {
            if (embedder.has(field) && !source.permits(field)) {
                throw refused(unavailable(source, name, field));
            }
            if (source.mandatory.contains(field) && !embedder.hasNonNull(field)) {
                throw refused(
                        "`.embedders."
                                + name
                                + "`: Missing field `"
                                + field
                                + "` (note: this field is mandatory for source `"
                                + source.word
                                + "`)");
            }
        }
    }

    private static String unavailable(Source source, String name, String field) {
        List<String> sources =
                ALL.stream()
                        .filter(other -> other.permits(field))
                        .map(other -> other.word)
                        .toList();
        List<String> fields = FIELDS.stream().filter(source::permits).toList();
        return "`.embedders."
                + name
                + "`: Field `"
                + field
                + "` unavailable for source `"
                + source.word
                + "`.\n  - note: `"
                + field
                + "` is available for sources: "
                + listed(sources)
                + "\n  - note: available fields for source `"
                + source.word
                + "`: "
                + listed(fields);
    }

    private static String listed(List<String> words) {
        return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    private static ApiException refused(String message) {
        return new ApiException(CODE, message);
    }
}
