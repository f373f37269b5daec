package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The values of a distinct attribute that were met. */
final class SeenValues {
    private final Set<String> seen = new HashSet<>();
    private int duplicates;
    private boolean sawArray;

    /** True if another hit had one of these values; remembers them if not. */
    boolean isDuplicate(List<JsonNode> values) {
        sawArray |= values.size() > 1;
        List<String> keys = new ArrayList<>(values.size());
        for (JsonNode value : values) {
            if (value.isString()) {
                keys.add("s" + FacetText.normalize(value.asString()));
            } else if (value.isNumber()) {
                keys.add("n" + value.asDouble());
            } else if (value.isBoolean()) {
                keys.add("s" + value.asBoolean());
            }
        }
        for (String key : keys) {
            if (seen.contains(key)) {
                duplicates++;
                return true;
            }
        }
        seen.addAll(keys);
        return false;
    }

    /** How many hits had a value that an earlier one had. */
    int duplicates() {
        return duplicates;
    }

    /** True if a hit had several values. */
    boolean sawArray() {
        return sawArray;
    }
}
