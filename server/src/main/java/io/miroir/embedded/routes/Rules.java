package io.miroir.embedded.routes;

import io.miroir.api.Json;
import io.miroir.api.keys.Access;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The filters of tenant tokens. */
final class Rules {
    private Rules() {}

    /** The client's filter and the token's: both hold. */
    static @Nullable JsonNode combined(Access access, String uid, @Nullable JsonNode asked) {
        JsonNode rule = access.filterFor(uid).orElse(null);
        if (rule == null || asked == null || asked.isNull()) {
            return rule == null ? asked : rule;
        }
        ArrayNode both = Json.array();
        addAll(both, asked);
        addAll(both, rule);
        return both;
    }

    private static void addAll(ArrayNode both, JsonNode filter) {
        if (filter.isArray()) {
            filter.forEach(both::add);
        } else {
            both.add(filter);
        }
    }
}
