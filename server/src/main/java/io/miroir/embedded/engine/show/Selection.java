package io.miroir.embedded.engine.show;

import io.miroir.api.Json;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes from documents what paths name. A path may lead through arrays. */
public final class Selection {
    private Selection() {}

    /** The parts of a document that paths name, in the document's order. */
    public static ObjectNode select(ObjectNode document, Collection<String> paths) {
        return object(document, new HashSet<>(paths));
    }

    private static ObjectNode object(JsonNode object, Set<String> paths) {
        ObjectNode selected = Json.object();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String key = member.getKey();
            JsonNode value = member.getValue();
            if (paths.contains(key)) {
                selected.set(key, value);
                continue;
            }
            Set<String> inner = new HashSet<>();
            for (String path : paths) {
                if (path.startsWith(key) && path.startsWith(".", key.length())) {
                    inner.add(path.substring(key.length() + 1));
                }
            }
            if (inner.isEmpty()) {
                continue;
            }
            if (value.isArray()) {
                selected.set(key, array(value, inner));
            } else if (value.isObject()) {
                selected.set(key, object(value, inner));
            }
        }
        return selected;
    }

    private static ArrayNode array(JsonNode array, Set<String> paths) {
        ArrayNode selected = Json.array();
        for (JsonNode value : array) {
            if (value.isArray()) {
                selected.add(array(value, paths));
            } else if (value.isObject()) {
                ObjectNode inner = object(value, paths);
                if (!inner.isEmpty()) {
                    selected.add(inner);
                }
            }
        }
        return selected;
    }
}
