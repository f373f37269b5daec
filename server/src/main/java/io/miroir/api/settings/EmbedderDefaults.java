package io.miroir.api.settings;

import io.miroir.api.Json;
import tools.jackson.databind.node.ObjectNode;

/** What an embedder has where a client says nothing of it, as Meilisearch shows it. */
final class EmbedderDefaults {
    /** Of an embedder's vectors. */
    static final String SOURCE = "openAi";

    private static final String OPEN_AI_MODEL = "text-embedding-3-small";
    private static final String LOCAL_MODEL = "BAAI/bge-base-en-v1.5";
    private static final String LOCAL_REVISION = "617ca489d9e86b49b8167676d8220688b99db36e";
    private static final int TEMPLATE_BYTES_MAX = 400;

    private static final String TEMPLATE =
            "{% for field in fields %}"
                    + "{% if field.is_searchable and field.value != nil %}"
                    + "{{ field.name }}: {{ field.value }}\n"
                    + "{% endif %}{% endfor %}";

    private EmbedderDefaults() {}

    /** Puts into an embedder what it lacks. */
    static void complete(ObjectNode embedder) {
        complete(embedder, true);
    }

    /**
     * The same.
     *
     * @param ofDocuments whether it makes vectors of documents, and not of searches alone
     */
    private static void complete(ObjectNode embedder, boolean ofDocuments) {
        if (!embedder.hasNonNull("source")) {
            embedder.put("source", SOURCE);
        }
        switch (embedder.path("source").asString("")) {
            case "openAi" -> {
                putIfAbsent(embedder, "model", OPEN_AI_MODEL);
                template(embedder, ofDocuments);
            }
            case "huggingFace" -> {
                if (!embedder.hasNonNull("model")) {
                    putIfAbsent(embedder, "revision", LOCAL_REVISION);
                }
                putIfAbsent(embedder, "model", LOCAL_MODEL);
                putIfAbsent(embedder, "pooling", "useModel");
                template(embedder, ofDocuments);
            }
            case "ollama" -> template(embedder, ofDocuments);
            case "rest" -> {
                if (!embedder.hasNonNull("headers")) {
                    embedder.set("headers", Json.object());
                }
                template(
                        embedder,
                        ofDocuments
                                && !embedder.hasNonNull("indexingFragments")
                                && !embedder.hasNonNull("searchFragments"));
            }
            case "composite" -> {
                part(embedder, "searchEmbedder", false);
                part(embedder, "indexingEmbedder", true);
            }
            default -> {
                // The client's own vectors have no more to be told of them.
            }
        }
    }

    private static void part(ObjectNode embedder, String name, boolean ofDocuments) {
        // One inside another has no source by default.
        if (embedder.get(name) instanceof ObjectNode inner && inner.hasNonNull("source")) {
            complete(inner, ofDocuments);
        }
    }

    private static void template(ObjectNode embedder, boolean ofDocuments) {
        if (ofDocuments) {
            putIfAbsent(embedder, "documentTemplate", TEMPLATE);
            if (embedder.path("documentTemplateMaxBytes").asLong(0) == 0) {
                embedder.put("documentTemplateMaxBytes", TEMPLATE_BYTES_MAX);
            }
        }
    }

    private static void putIfAbsent(ObjectNode embedder, String name, String value) {
        if (!embedder.hasNonNull(name)) {
            embedder.put(name, value);
        }
    }
}
