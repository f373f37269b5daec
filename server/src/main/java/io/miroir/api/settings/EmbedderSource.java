package io.miroir.api.settings;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Where the vectors of an embedder come from, with the members that one of that source has.
 *
 * @param word the word of clients for it
 * @param mandatory what such an embedder must have
 * @param allowed what it may have
 */
record EmbedderSource(String word, Set<String> mandatory, Set<String> allowed) {
    static final String SOURCE = "source";
    static final String TEMPLATE = "documentTemplate";
    static final String TEMPLATE_BYTES = "documentTemplateMaxBytes";
    static final String INDEXING_FRAGMENTS = "indexingFragments";
    static final String SEARCH_FRAGMENTS = "searchFragments";
    static final String SEARCH_PART = "searchEmbedder";
    static final String INDEXING_PART = "indexingEmbedder";

    /** All members that embedders have, in the order in which messages list them. */
    static final List<String> MEMBERS =
            List.of(
                    SOURCE,
                    "model",
                    "revision",
                    "pooling",
                    "apiKey",
                    "dimensions",
                    TEMPLATE,
                    TEMPLATE_BYTES,
                    "url",
                    INDEXING_FRAGMENTS,
                    SEARCH_FRAGMENTS,
                    "request",
                    "response",
                    "headers",
                    SEARCH_PART,
                    INDEXING_PART,
                    "distribution",
                    "binaryQuantized");

    /** All sources, in the order in which messages list them. */
    static final List<EmbedderSource> ALL =
            List.of(
                    new EmbedderSource(
                            "openAi",
                            Set.of(),
                            Set.of(
                                    "model",
                                    "apiKey",
                                    TEMPLATE,
                                    TEMPLATE_BYTES,
                                    "dimensions",
                                    "url")),
                    new EmbedderSource(
                            "huggingFace",
                            Set.of(),
                            Set.of("model", "revision", "pooling", TEMPLATE, TEMPLATE_BYTES)),
                    new EmbedderSource(
                            "ollama",
                            Set.of("model"),
                            Set.of(TEMPLATE, TEMPLATE_BYTES, "url", "apiKey", "dimensions")),
                    new EmbedderSource("userProvided", Set.of("dimensions"), Set.of()),
                    new EmbedderSource(
                            "rest",
                            Set.of("url", "request", "response"),
                            Set.of(
                                    "apiKey",
                                    "dimensions",
                                    TEMPLATE,
                                    TEMPLATE_BYTES,
                                    "headers",
                                    INDEXING_FRAGMENTS,
                                    SEARCH_FRAGMENTS)),
                    new EmbedderSource("composite", Set.of(SEARCH_PART, INDEXING_PART), Set.of()));

    /** Members of an embedder, and of none inside another. */
    private static final Set<String> OUTER = Set.of("distribution", "binaryQuantized");

    private static final Set<String> OUTSIDE_SEARCH =
            Set.of(TEMPLATE, TEMPLATE_BYTES, INDEXING_FRAGMENTS);

    /** Where an embedder stands: alone, or as one of the two that a composite one is made of. */
    enum Place {
        ALONE("", ""),
        SEARCH("." + SEARCH_PART, " for the search embedder"),
        INDEXING("." + INDEXING_PART, " for the indexing embedder");

        private final String path;
        private final String words;

        Place(String path, String words) {
            this.path = path;
            this.words = words;
        }

        /** What follows the embedder's name in messages. */
        String path() {
            return path;
        }

        /** What follows a source in messages. */
        String words() {
            return words;
        }
    }

    /** The words of clients for all of them. */
    static List<String> words() {
        return ALL.stream().map(EmbedderSource::word).toList();
    }

    /** What an embedder says of it; empty for none. */
    static Optional<EmbedderSource> of(JsonNode embedder) {
        String said = embedder.path(SOURCE).asString("");
        return ALL.stream().filter(source -> source.word.equals(said)).findFirst();
    }

    /** Whether such an embedder has that member there. */
    boolean permits(String member, Place place) {
        if (OUTER.contains(member)) {
            return place == Place.ALONE;
        }
        boolean elsewhere =
                switch (place) {
                    case ALONE -> false;
                    case SEARCH -> OUTSIDE_SEARCH.contains(member);
                    case INDEXING -> member.equals(SEARCH_FRAGMENTS);
                };
        return !elsewhere
                && (member.equals(SOURCE)
                        || mandatory.contains(member)
                        || allowed.contains(member));
    }

    /** Whether one inside another may have this source. */
    boolean isForParts() {
        return !word.equals("userProvided") && !word.equals("composite");
    }
}
