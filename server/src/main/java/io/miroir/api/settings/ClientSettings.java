package io.miroir.api.settings;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way back from a node's settings to the client's, where nobody else remembers them: what
 * {@link NodeSettings#derive} added is taken away. Lost are displayed attributes (nodes display
 * all), a limit of facet values below {@link NodeSettings#FACET_VALUES_MIN}, and secrets of
 * embedders, which nodes tell masked.
 */
public final class ClientSettings {
    private static final String ATTRIBUTE_PATTERNS = "attributePatterns";

    private ClientSettings() {}

    /**
     * The client's settings, complete.
     *
     * @param node as a node tells them
     */
    public static ObjectNode of(ObjectNode node) {
        ObjectNode client = Settings.defaults();
        node.properties().forEach(setting -> client.set(setting.getKey(), setting.getValue()));
        strip(client, Setting.FILTERABLE_ATTRIBUTES.key());
        strip(client, Setting.SORTABLE_ATTRIBUTES.key());
        strip(client, Setting.RANKING_RULES.key());
        if (client.path(Setting.FACETING.key()) instanceof ObjectNode faceting
                && faceting.path("maxValuesPerFacet").asLong(0) == NodeSettings.FACET_VALUES_MIN) {
            JsonNode usual = Settings.defaults().path(Setting.FACETING.key());
            faceting.set("maxValuesPerFacet", usual.path("maxValuesPerFacet"));
        }
        for (JsonNode embedder : client.path(Setting.EMBEDDERS.key())) {
            if (embedder instanceof ObjectNode object) {
                NodeSettings.restoreTemplate(object);
                if (object.get(EmbedderSource.INDEXING_PART) instanceof ObjectNode inner) {
                    NodeSettings.restoreTemplate(inner);
                }
            }
        }
        return client;
    }

    /** Takes reserved fields out of a list, also a rule that is about them. */
    private static void strip(ObjectNode settings, String key) {
        ArrayNode kept = Json.array();
        for (JsonNode entry : settings.path(key)) {
            JsonNode named = entry.isObject() ? entry.path(ATTRIBUTE_PATTERNS).path(0) : entry;
            if (!Separators.isReserved(named.asString(""))) {
                kept.add(entry);
            }
        }
        settings.set(key, kept);
    }
}
