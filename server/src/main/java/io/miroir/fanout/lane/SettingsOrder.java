package io.miroir.fanout.lane;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Which writes must find the settings that were asked for before them on every node. Nodes come to
 * settings one after the other, and most writes do the same before and after. Those that would be
 * refused by some nodes and taken by others wait for the roll to end.
 */
final class SettingsOrder {
    private static final String FILTERABLE = "filterableAttributes";
    private static final String USER_PROVIDED = "userProvided";

    private SettingsOrder() {}

    /**
     * Whether a write waits.
     *
     * @param inForce the settings that nodes have
     * @param coming those that they will have when all earlier items are done
     */
    static boolean waits(Operation operation, JsonNode inForce, JsonNode coming) {
        return switch (operation) {
            case DOCUMENTS_DELETE_BY_FILTER -> filtersDiffer(inForce, coming);
            case DOCUMENTS_REPLACE, DOCUMENTS_UPDATE -> checksDiffer(inForce, coming);
            // By a filter, and a function may write anything.
            case DOCUMENTS_EDIT -> filtersDiffer(inForce, coming) || checksDiffer(inForce, coming);
            case DOCUMENT_DELETE,
                    DOCUMENTS_DELETE,
                    DOCUMENTS_CLEAR,
                    INDEX_CREATE,
                    INDEX_UPDATE,
                    INDEX_DELETE,
                    INDEX_COMPACT,
                    INDEX_SWAP,
                    SETTINGS_UPDATE ->
                    false;
        };
    }

    private static boolean filtersDiffer(JsonNode inForce, JsonNode coming) {
        return !inForce.path(FILTERABLE).equals(coming.path(FILTERABLE));
    }

    /** A node refuses a malformed place, and vectors that don't fit. */
    private static boolean checksDiffer(JsonNode inForce, JsonNode coming) {
        return hasGeo(inForce) != hasGeo(coming) || !vectors(inForce).equals(vectors(coming));
    }

    /** Whether nodes check the places of documents. */
    static boolean hasGeo(JsonNode settings) {
        return Stream.of(FILTERABLE, "sortableAttributes")
                .flatMap(list -> settings.path(list).valueStream())
                .anyMatch(attribute -> attribute.asString("").equals("_geo"));
    }

    /** The dimensions of each embedder whose vectors come with the documents. */
    private static Map<String, JsonNode> vectors(JsonNode settings) {
        Map<String, JsonNode> vectors = new TreeMap<>();
        settings.path("embedders")
                .properties()
                .forEach(
                        embedder -> {
                            JsonNode what = embedder.getValue();
                            if (what.path("source").asString("").equals(USER_PROVIDED)) {
                                vectors.put(embedder.getKey(), what.path("dimensions"));
                            }
                        });
        return vectors;
    }
}
