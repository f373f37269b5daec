package io.miroir.api.settings;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.UrlText;
import io.miroir.api.settings.EmbedderSource.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What an embedder must be, as Meilisearch finds it: what a request gives to one, and what one has
 * when a task has changed it. A member that is null counts as given, save where it must be there.
 */
final class EmbedderRules {
    private static final ErrorCode CODE = ErrorCode.INVALID_SETTINGS_EMBEDDERS;

    /** The one whose vectors can't be made shorter. */
    private static final String FIXED_MODEL = "text-embedding-ada-002";

    /** Names of fragments that a message tells at most. */
    private static final int FRAGMENTS_TOLD_MAX = 3;

    /** In this order one that is at fault is told. */
    private static final List<String> CHECKED =
            List.of(
                    "model",
                    "revision",
                    "pooling",
                    "dimensions",
                    "apiKey",
                    "url",
                    EmbedderSource.INDEXING_FRAGMENTS,
                    EmbedderSource.SEARCH_FRAGMENTS,
                    "request",
                    "response",
                    EmbedderSource.TEMPLATE,
                    EmbedderSource.TEMPLATE_BYTES,
                    "headers",
                    EmbedderSource.SEARCH_PART,
                    EmbedderSource.INDEXING_PART,
                    "binaryQuantized",
                    "distribution");

    /** The models of OpenAI, with the dimensions of their vectors. */
    private static final Map<String, Integer> OPEN_AI_MODELS = openAiModels();

    private static Map<String, Integer> openAiModels() {
        Map<String, Integer> models = new LinkedHashMap<>();
        models.put(FIXED_MODEL, 1_536);
        models.put("text-embedding-3-small", 1_536);
        models.put("text-embedding-3-large", 3_072);
        return models;
    }

    private EmbedderRules() {}

    /** Whether OpenAI has a model of that name. */
    static boolean isOpenAiModel(String name) {
        return OPEN_AI_MODELS.containsKey(name);
    }

    /**
     * Checks what well formed embedders are given.
     *
     * @throws ApiException in Meilisearch's words, of the first that is wrong
     */
    static void checkGiven(JsonNode embedders) {
        Map<String, JsonNode> byName = new TreeMap<>();
        embedders.properties().forEach(one -> byName.put(one.getKey(), one.getValue()));
        byName.forEach(
                (name, embedder) -> {
                    if (embedder.isObject()) {
                        checkValues(name, embedder);
                        checkOneOfTwo(embedder);
                        checkSource(name, embedder);
                    }
                });
    }

    /**
     * Checks what an embedder has once it is changed.
     *
     * @throws ApiException in Meilisearch's words
     */
    static void checkWhole(String name, JsonNode embedder) {
        checkValues(name, embedder);
        checkBothFragments(embedder);
        checkSource(name, embedder);
    }

    private static void checkValues(String name, JsonNode embedder) {
        checkTemplateBytes(name, embedder);
        requireNotZero(name, "dimensions", embedder);
        String url = embedder.path("url").asString("");
        if (embedder.path("url").isString()) {
            UrlText.fault(url)
                    .ifPresent(
                            fault -> {
                                throw refused(
                                        name + ".url",
                                        "could not parse `" + UrlText.shown(url) + "`: " + fault);
                            });
        }
    }

    private static void checkTemplateBytes(String name, JsonNode embedder) {
        if (embedder.path(EmbedderSource.TEMPLATE).isString()) {
            requireNotZero(name, EmbedderSource.TEMPLATE_BYTES, embedder);
        }
    }

    private static void requireNotZero(String name, String member, JsonNode embedder) {
        JsonNode value = embedder.path(member);
        if (value.isNumber() && value.longValue() == 0) {
            throw refused(name + "." + member, "`" + member + "` cannot be zero");
        }
    }

    /** A request gives fragments, or a template. */
    private static void checkOneOfTwo(JsonNode embedder) {
        int indexing = fragments(embedder, EmbedderSource.INDEXING_FRAGMENTS).size();
        int search = fragments(embedder, EmbedderSource.SEARCH_FRAGMENTS).size();
        if (indexing + search > 0 && embedder.path(EmbedderSource.TEMPLATE).isString()) {
            throw unusable(
                    "cannot pass both fragments and a document template.\n  - Note: "
                            + indexing
                            + " fragments declared in `indexingFragments` and "
                            + search
                            + " fragments declared in `search_fragments_len`.\n  - Hint: remove the"
                            + " declared fragments or remove the `documentTemplate`");
        }
    }

    /** Who has fragments of documents has some of searches, too. */
    private static void checkBothFragments(JsonNode embedder) {
        List<String> indexing = fragments(embedder, EmbedderSource.INDEXING_FRAGMENTS);
        List<String> search = fragments(embedder, EmbedderSource.SEARCH_FRAGMENTS);
        if (indexing.isEmpty() == search.isEmpty()) {
            return;
        }
        String there = search.isEmpty() ? "`indexingFragments`" : "`searchFragments`";
        String absent = search.isEmpty() ? "`searchFragments`" : "`indexingFragments`";
        List<String> names = search.isEmpty() ? indexing : search;
        throw unusable(
                "inconsistent fragments: "
                        + absent
                        + " is empty, but "
                        + there
                        + " declares "
                        + names.size()
                        + " fragments: "
                        + names.stream().limit(FRAGMENTS_TOLD_MAX).collect(Collectors.joining(", "))
                        + (names.size() > FRAGMENTS_TOLD_MAX ? ", ..." : "")
                        + (search.isEmpty() ? "\n - Hint" : "\n  - Hint")
                        + ": declare at least one fragment in "
                        + absent
                        + " or remove fragments from "
                        + there
                        + " by setting them to `null`");
    }

    /** The names of those that are there, sorted. */
    private static List<String> fragments(JsonNode embedder, String member) {
        return embedder.path(member).properties().stream()
                .filter(fragment -> !fragment.getValue().isNull())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private static void checkSource(String name, JsonNode embedder) {
        Optional<EmbedderSource> known = EmbedderSource.of(embedder);
        if (known.isEmpty()) {
            return;
        }
        EmbedderSource source = known.get();
        checkMembers(source, name, Place.ALONE, embedder);
        checkModel(name, embedder);
        if (source.word().equals("composite")) {
            checkPart(name, Place.SEARCH, embedder.path(EmbedderSource.SEARCH_PART));
            JsonNode indexing = embedder.path(EmbedderSource.INDEXING_PART);
            checkTemplateBytes(name, indexing);
            checkPart(name, Place.INDEXING, indexing);
        }
    }

    private static void checkPart(String name, Place place, JsonNode part) {
        EmbedderSource source =
                EmbedderSource.of(part)
                        .orElseThrow(
                                () ->
                                        refused(
                                                name + place.path(),
                                                "Missing field `source`.\n  - note: this field is"
                                                        + " mandatory for nested embedders"));
        if (!source.isForParts()) {
            throw refused(
                    name + place.path() + ".source",
                    "Source `" + source.word() + "` is not available in a nested embedder");
        }
        checkMembers(source, name, place, part);
    }

    private static void checkMembers(
            EmbedderSource source, String name, Place place, JsonNode embedder) {
        for (String member : CHECKED) {
            if (embedder.has(member) && !source.permits(member, place)) {
                throw refused(name + place.path(), unavailable(source, member, place));
            }
            if (source.mandatory().contains(member) && !embedder.hasNonNull(member)) {
                throw refused(
                        name,
                        "Missing field `"
                                + member
                                + "` (note: this field is mandatory for source `"
                                + source.word()
                                + "`)");
            }
        }
    }

    private static String unavailable(EmbedderSource source, String member, Place place) {
        String sources =
                listed(
                        EmbedderSource.ALL.stream()
                                .filter(other -> other.permits(member, place))
                                .map(EmbedderSource::word));
        Predicate<String> permitted = other -> source.permits(other, place);
        return "Field `"
                + member
                + "` unavailable for source `"
                + source.word()
                + "`"
                + place.words()
                + "."
                + (sources.isEmpty()
                        ? ""
                        : "\n  - note: `" + member + "` is available for sources: " + sources)
                + "\n  - note: available fields for source `"
                + source.word()
                + "`"
                + place.words()
                + ": "
                + listed(EmbedderSource.MEMBERS.stream().filter(permitted))
                + (source.permits(member, Place.ALONE)
                        ? "\n  - note: `"
                                + member
                                + "` is available when source `"
                                + source.word()
                                + "` is not"
                                + place.words()
                        : "");
    }

    /** Checks the model of OpenAI that is named, and how long its vectors can be. */
    static void checkModel(String name, JsonNode embedder) {
        boolean named =
                embedder.path(EmbedderSource.SOURCE).asString("").equals(EmbedderDefaults.SOURCE)
                        && embedder.path("model").isString();
        if (!named) {
            return;
        }
        String model = embedder.path("model").stringValue();
        Integer own = OPEN_AI_MODELS.get(model);
        if (own == null) {
            throw refused(
                    name + ".model",
                    "Invalid model `"
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
        String refusal = "Model `" + model + "` does not support overriding its ";
        long asked = dimensions.longValue();
        if (model.equals(FIXED_MODEL) && asked != own) {
            throw refused(
                    name + ".dimensions",
                    refusal + "native dimensions of " + own + ". Found " + asked);
        }
        if (asked > own) {
            throw refused(
                    name + ".dimensions",
                    refusal + "dimensions to a value higher than " + own + ". Found " + asked);
        }
    }

    private static String listed(Stream<String> words) {
        return words.map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    /** A fault at a place below {@code .embedders}. */
    static ApiException refused(String path, String message) {
        return new ApiException(CODE, "`.embedders." + path + "`: " + message);
    }

    private static ApiException unusable(String message) {
        return new ApiException(
                ErrorCode.VECTOR_EMBEDDING_ERROR,
                "Error while generating embeddings: user error: " + message);
    }
}
