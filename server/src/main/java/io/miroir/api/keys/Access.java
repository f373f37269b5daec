package io.miroir.api.keys;

import io.miroir.api.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * What an accepted request may touch.
 *
 * @param key the key it came with; null for the master key (or none where none is needed)
 * @param rules the rules of its tenant token; null without one
 */
public record Access(@Nullable ApiKey key, @Nullable SearchRules rules) {
    /** Everything. */
    public static Access full() {
        return new Access(null, null);
    }

    /** Whether the index may be touched. */
    public boolean allows(String indexUid) {
        return (key == null || key.grant().reaches(indexUid))
                && (rules == null || rules.allows(indexUid));
    }

    /** Whether every index may be touched. */
    public boolean allowsAll() {
        return (key == null || key.grant().reachesAll())
                && (rules == null
                        || rules.filters().keySet().stream().anyMatch(IndexPattern::matchesAll));
    }

    /** Whether a write may create the index that it is for. */
    public boolean mayCreate(String indexUid) {
        return allows(indexUid)
                && (key == null
                        || key.grant().actions().stream()
                                .anyMatch(action -> action.grants(Action.INDEXES_ADD)));
    }

    /** The filter that a tenant token adds to searches of the index; null for none. */
    public @Nullable JsonNode rule(String indexUid) {
        return rules == null ? null : rules.filterFor(indexUid).orElse(null);
    }

    /** What a search of the index filters by: both the client's filter and the token's hold. */
    public @Nullable JsonNode filtered(String indexUid, @Nullable JsonNode asked) {
        JsonNode rule = rule(indexUid);
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
