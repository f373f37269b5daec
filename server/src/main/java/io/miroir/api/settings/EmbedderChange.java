package io.miroir.api.settings;

import io.miroir.api.ApiException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What becomes of one embedder by a change of it, as Meilisearch finds when it runs the task: of
 * what is given the rest stays, null takes away, and another source begins anew.
 */
final class EmbedderChange {
    private static final String QUANTIZED = "binaryQuantized";

    /** What Meilisearch makes of an embedder whose source is taken away. */
    private static final String SOURCELESS = "huggingFace";

    /** These are put in the place of those before, whatever the source. */
    private static final List<String> REPLACED =
            List.of(
                    "model",
                    "revision",
                    "pooling",
                    "dimensions",
                    "url",
                    "request",
                    "response",
                    EmbedderSource.TEMPLATE,
                    EmbedderSource.TEMPLATE_BYTES,
                    "apiKey",
                    "headers");

    /** Each of these by the names in it. */
    private static final List<String> FRAGMENTS =
            List.of(EmbedderSource.INDEXING_FRAGMENTS, EmbedderSource.SEARCH_FRAGMENTS);

    /** These go when an embedder gets another source, which may refuse what stays. */
    private static final List<String> OF_SOURCE =
            List.of(
                    "model",
                    "revision",
                    "pooling",
                    "dimensions",
                    "url",
                    EmbedderSource.INDEXING_FRAGMENTS,
                    EmbedderSource.SEARCH_FRAGMENTS,
                    "request",
                    "response",
                    "headers");

    private static final List<String> OF_TEMPLATE =
            List.of(EmbedderSource.TEMPLATE, EmbedderSource.TEMPLATE_BYTES);

    private static final List<String> PARTS =
            List.of(EmbedderSource.SEARCH_PART, EmbedderSource.INDEXING_PART);

    /** No task keeps these of an embedder inside another. */
    private static final List<String> NOT_INSIDE =
            List.of(
                    "distribution",
                    QUANTIZED,
                    EmbedderSource.SEARCH_PART,
                    EmbedderSource.INDEXING_PART);

    private EmbedderChange() {}

    /**
     * The embedder after the change, with its defaults.
     *
     * @param before missing if there is none of that name
     * @throws ApiException if both together are none
     */
    static ObjectNode of(String name, JsonNode before, ObjectNode change) {
        ObjectNode given = change.deepCopy();
        for (String part : PARTS) {
            if (given.get(part) instanceof ObjectNode inner) {
                inner.remove(NOT_INSIDE);
            }
        }
        ObjectNode next =
                before instanceof ObjectNode there
                        ? changed(name, there.deepCopy(), given)
                        : made(given);
        EmbedderRules.checkWhole(name, next);
        if (!next.hasNonNull(EmbedderSource.SOURCE)) {
            forgetSource(next);
        }
        EmbedderDefaults.complete(next);
        // A model that is left to the default may be too small too: no node could be made like it.
        EmbedderRules.checkModel(name, next);
        return next;
    }

    private static ObjectNode made(ObjectNode given) {
        if (!given.hasNonNull(EmbedderSource.SOURCE)) {
            given.put(EmbedderSource.SOURCE, EmbedderDefaults.SOURCE);
        }
        boolean openAi =
                given.path(EmbedderSource.SOURCE).asString("").equals(EmbedderDefaults.SOURCE);
        if (openAi && !given.hasNonNull("model")) {
            given.put("model", EmbedderDefaults.OPEN_AI_MODEL);
        }
        return given;
    }

    private static ObjectNode changed(String name, ObjectNode before, ObjectNode change) {
        if (before.path(QUANTIZED).asBoolean(false) && isFalse(change.path(QUANTIZED))) {
            throw EmbedderRules.refused(
                    name + "." + QUANTIZED,
                    "Cannot disable the binary quantization.\n - Note: Binary quantization is a"
                            + " lossy operation that cannot be reverted.\n - Hint: Add a new"
                            + " embedder that is non-quantized and regenerate the vectors.");
        }
        EmbedderDefaults.complete(before);
        put(before, change);
        replace(before, change, List.of(QUANTIZED, "distribution", EmbedderSource.SEARCH_PART));
        // That for documents is changed by its members, that for searches is another one.
        if (change.get(EmbedderSource.INDEXING_PART) instanceof ObjectNode given) {
            if (before.get(EmbedderSource.INDEXING_PART) instanceof ObjectNode inner) {
                put(inner, given);
            } else {
                before.set(EmbedderSource.INDEXING_PART, given);
            }
        }
        return before;
    }

    private static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.booleanValue();
    }

    /** Puts what is given into an embedder, or into one inside another. */
    private static void put(ObjectNode embedder, ObjectNode given) {
        JsonNode source = given.path(EmbedderSource.SOURCE);
        if (!source.isMissingNode() && !source.equals(embedder.path(EmbedderSource.SOURCE))) {
            embedder.set(EmbedderSource.SOURCE, source);
            embedder.remove(OF_SOURCE);
            if (EmbedderSource.of(embedder)
                    .filter(known -> !known.allowed().contains(EmbedderSource.TEMPLATE))
                    .isPresent()) {
                embedder.remove(OF_TEMPLATE);
            }
        }
        replace(embedder, given, REPLACED);
        for (String kind : FRAGMENTS) {
            if (given.get(kind) instanceof ObjectNode fragments
                    && embedder.get(kind) instanceof ObjectNode there) {
                for (Map.Entry<String, JsonNode> one : fragments.properties()) {
                    there.set(one.getKey(), one.getValue().deepCopy());
                }
            } else {
                replace(embedder, given, List.of(kind));
            }
        }
    }

    private static void replace(ObjectNode embedder, ObjectNode given, List<String> members) {
        for (String member : members) {
            if (given.has(member)) {
                embedder.set(member, given.get(member).deepCopy());
            }
        }
    }

    /** All goes but the template, the one of documents inside it, too, and the quantization. */
    private static void forgetSource(ObjectNode embedder) {
        JsonNode inner = embedder.path(EmbedderSource.INDEXING_PART);
        JsonNode templates =
                embedder.path(EmbedderSource.TEMPLATE).isString() || !inner.isObject()
                        ? embedder.deepCopy()
                        : inner.deepCopy();
        JsonNode quantized = embedder.path(QUANTIZED);
        embedder.removeAll();
        embedder.put(EmbedderSource.SOURCE, SOURCELESS);
        for (String member : OF_TEMPLATE) {
            if (templates.has(member)) {
                embedder.set(member, templates.get(member));
            }
        }
        if (!quantized.isMissingNode()) {
            embedder.set(QUANTIZED, quantized);
        }
    }
}
