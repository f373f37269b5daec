package io.miroir.api.indexes;

import io.miroir.api.ByteText;
import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How statistics are asked for.
 *
 * @param human whether sizes are texts with a unit
 * @param internalSizes whether the sizes of a server's own databases are told as well
 */
public record StatsQuery(boolean human, boolean internalSizes) {
    private static final String INTERNAL = "showInternalDatabaseSizes";
    private static final String FORMAT = "sizeFormat";
    private static final List<String> SIZES =
            List.of("databaseSize", "usedDatabaseSize", "rawDocumentDbSize", "avgDocumentSize");
    private static final Shape QUERY =
            Shape.of(
                    Shape.notNull(
                            INTERNAL,
                            ErrorCode.INVALID_STATS_SHOW_INTERNAL_DATABASE_SIZES,
                            Check.BOOLEAN),
                    Shape.notNull(
                            FORMAT,
                            ErrorCode.INVALID_STATS_SIZE_FORMAT,
                            Check.oneOf(List.of("human", "raw"))));

    /**
     * Reads the parameters of a request.
     *
     * @throws io.miroir.api.ApiException if one is unknown or has a wrong value
     */
    public static StatsQuery parse(Map<String, String> query) {
        QUERY.check(StrictValue.query(query));
        return new StatsQuery(
                "human".equals(query.get(FORMAT)), "true".equals(query.get(INTERNAL)));
    }

    /** Writes sizes, given in bytes, as they were asked for. */
    public ObjectNode show(ObjectNode stats) {
        if (human) {
            SIZES.forEach(size -> show(stats, size));
            if (stats.get("internalDatabaseSizes") instanceof ObjectNode internal) {
                List.copyOf(internal.propertyNames()).forEach(name -> show(internal, name));
            }
        }
        return stats;
    }

    private static void show(ObjectNode stats, String name) {
        JsonNode bytes = stats.get(name);
        if (bytes != null && bytes.isIntegralNumber()) {
            stats.put(name, ByteText.binary(bytes.asLong()));
        }
    }
}
