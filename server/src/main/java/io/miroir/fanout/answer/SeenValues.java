package io.miroir.fanout.answer;

import io.miroir.api.JsonText;
import io.miroir.core.merge.FacetText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The values of a distinct attribute that were met. */
final class SeenValues {
    private final Set<String> seen = new HashSet<>();
    private final As as;
    private boolean sawArray;

    /** As what values are compared. */
    enum As {
        /**
         * As an index has them: an empty text is none, numbers are equal however they are written.
         */
        INDEXED,
        /** As hits show them: an empty text is one, and 1 is not 1.0. */
        SHOWN,
        /** First as an index has them, then as hits show them. */
        BOTH
    }

    /** None yet. */
    SeenValues(As as) {
        this.as = as;
    }

    /** True if another hit had one of these values; remembers them if not. */
    boolean isDuplicate(List<JsonNode> values) {
        sawArray |= values.size() > 1;
        List<String> keys = keys(values);
        if (!Collections.disjoint(seen, keys)) {
            return true;
        }
        seen.addAll(keys);
        return false;
    }

    /** True if another hit had one of these values; they are not remembered. */
    boolean has(List<JsonNode> values) {
        return !Collections.disjoint(seen, keys(values));
    }

    private List<String> keys(List<JsonNode> values) {
        List<String> keys = new ArrayList<>(values.size());
        for (JsonNode value : values) {
            if (value.isString() && (as != As.INDEXED || !value.asString().isEmpty())) {
                keys.add("s" + FacetText.normalize(value.asString()));
            } else if (value.isNumber()) {
                keys.add("n" + (as == As.SHOWN ? JsonText.of(value) : value.asDouble()));
            } else if (value.isBoolean()) {
                keys.add("s" + value.asBoolean());
            }
        }
        return keys;
    }

    /** True if a hit had several values. */
    boolean sawArray() {
        return sawArray;
    }
}
