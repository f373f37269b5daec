package io.miroir.fanout.answer;

import io.miroir.core.merge.SortKey;
import tools.jackson.databind.JsonNode;

/** Sort keys from JSON. */
final class SortValues {
    private SortValues() {}

    /** The key that score details show as {@code value}. */
    static SortKey key(JsonNode value) {
        if (value.isNumber()) {
            return new SortKey.Numeric(value.asDouble());
        }
        return value.isString() ? new SortKey.Text(value.asString()) : SortKey.MISSING;
    }
}
