package io.miroir.api.settings;

import io.miroir.api.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an embedder has where a client says nothing of it, as Meilisearch shows it. */
final class EmbedderDefaults {
    /** Of an embedder's vectors. */
    static final String SOURCE = "openAi";

    /** All that can be searched in a document. */
    static final String TEMPLATE =
            "{% for field in fields %}"
                    + "{% if field.is_searchable and field.value != nil %}"
                    + "{{ field.name }}: {{ field.value }}\n"
                    + "{% endif %}{% endfor %}";

    /** Of an embedder of OpenAI. */
    static final String OPEN_AI_MODEL = "text-embedding-3-small";

    private static final String LOCAL_MODEL = "BAAI/bge-base-en-v1.5";
    private static final String LOCAL_REVISION = "617ca489d9e86b49b8167676d8220688b99db36e";
    private static final int TEMPLATE_BYTES_MAX = 400;

    private EmbedderDefaults() {}

    /** Puts into an embedder what it lacks; what is null is not there. */
    static void complete(ObjectNode embedder) {
        complete(embedder, true);
    }

    /**
     * The same.
     *
     * @param ofDocuments whether it makes vectors of documents, and not of searches alone
     */
    private static void complete(ObjectNode embedder, boolean ofDocuments) {
        dropNulls(embedder);
        boolean byFragments = dropAbsentFragments(embedder);
        if (!embedder.has(EmbedderSource.SOURCE)) {
            embedder.put(EmbedderSource.SOURCE, SOURCE);
        }
        switch (embedder.path(EmbedderSource.SOURCE).asString("")) {
            case SOURCE -> {
                if (!EmbedderRules.isOpenAiModel(embedder.path("model").asString(""))) {
                    embedder.put("model", OPEN_AI_MODEL);
                }
                template(embedder, ofDocuments);
            }
            case "huggingFace" -> {
                if (!embedder.has("model")) {
                    putIfAbsent(embedder, "revision", LOCAL_REVISION);
                }
                putIfAbsent(embedder, "model", LOCAL_MODEL);
                putIfAbsent(embedder, "pooling", "useModel");
                template(embedder, ofDocuments);
            }
            case "ollama" -> template(embedder, ofDocuments);
            case "rest" -> {
                if (!embedder.has("headers")) {
                    embedder.set("headers", Json.object());
                }
                template(embedder, ofDocuments && !byFragments);
            }
            case "composite" -> {
                part(embedder, EmbedderSource.SEARCH_PART, false);
                part(embedder, EmbedderSource.INDEXING_PART, true);
            }
            default -> {
                // The client's own vectors have no more to be told of them.
            }
        }
    }

    private static void dropNulls(ObjectNode object) {
        object.propertyStream()
                .filter(member -> member.getValue().isNull())
                .map(Map.Entry::getKey)
                .toList()
                .forEach(object::remove);
    }

    /** Leaves the fragments that are there; whether there are any. */
    private static boolean dropAbsentFragments(ObjectNode embedder) {
        boolean any = false;
        for (String kind :
                List.of(EmbedderSource.INDEXING_FRAGMENTS, EmbedderSource.SEARCH_FRAGMENTS)) {
            if (embedder.get(kind) instanceof ObjectNode fragments) {
                dropNulls(fragments);
                if (fragments.isEmpty()) {
                    embedder.remove(kind);
                } else {
                    any = true;
                }
            }
        }
        return any;
    }

    private static void part(ObjectNode embedder, String name, boolean ofDocuments) {
        // One inside another has no source by default.
        if (embedder.get(name) instanceof ObjectNode inner
                && inner.hasNonNull(EmbedderSource.SOURCE)) {
            complete(inner, ofDocuments);
        }
    }

    /** One of a length goes with it: of the default none but the default's is kept. */
    private static void template(ObjectNode embedder, boolean used) {
        JsonNode bytes = embedder.path(EmbedderSource.TEMPLATE_BYTES);
        if (!used) {
            embedder.remove(List.of(EmbedderSource.TEMPLATE, EmbedderSource.TEMPLATE_BYTES));
            return;
        }
        boolean own = embedder.has(EmbedderSource.TEMPLATE);
        putIfAbsent(embedder, EmbedderSource.TEMPLATE, TEMPLATE);
        if (!own || bytes.asLong(0) == 0) {
            embedder.put(EmbedderSource.TEMPLATE_BYTES, TEMPLATE_BYTES_MAX);
        }
    }

    private static void putIfAbsent(ObjectNode embedder, String name, String value) {
        if (!embedder.has(name)) {
            embedder.put(name, value);
        }
    }
}
