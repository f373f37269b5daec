package io.miroir.api.indexes;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.core.merge.Utf8Order;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is asked about the fields of an index.
 *
 * @param filter which of them; empty for all
 */
public record FieldsRequest(long offset, long limit, ObjectNode filter) {
    /** The ways in which a filter can ask for what an index does with a field. */
    public static final List<String> USES =
            List.of("displayed", "searchable", "sortable", "distinct", "rankingRule", "filterable");

    public static final String PATTERNS = "attributePatterns";

    private static final long LIMIT_DEFAULT = 20;

    private static final Check COUNT = Check.unsigned(Long.MAX_VALUE);

    private static final Shape FILTER =
            Shape.of(
                    ErrorCode.INVALID_INDEX_FIELDS_FILTER,
                    optional(
                            PATTERNS,
                            ErrorCode.INVALID_INDEX_FIELDS_FILTER_ATTRIBUTE_PATTERNS,
                            Check.STRINGS),
                    use("displayed", ErrorCode.INVALID_INDEX_FIELDS_FILTER_DISPLAYED),
                    use("searchable", ErrorCode.INVALID_INDEX_FIELDS_FILTER_SEARCHABLE),
                    use("sortable", ErrorCode.INVALID_INDEX_FIELDS_FILTER_SORTABLE),
                    use("distinct", ErrorCode.INVALID_INDEX_FIELDS_FILTER_DISTINCT),
                    use("rankingRule", ErrorCode.INVALID_INDEX_FIELDS_FILTER_RANKING_RULE),
                    use("filterable", ErrorCode.INVALID_INDEX_FIELDS_FILTER_FILTERABLE));

    private static final Shape BODY =
            Shape.of(
                    notNull("offset", ErrorCode.INVALID_INDEX_OFFSET, COUNT),
                    notNull("limit", ErrorCode.INVALID_INDEX_LIMIT, COUNT),
                    optional("filter", ErrorCode.INVALID_INDEX_FIELDS_FILTER, FILTER));

    private static Shape.Field use(String name, ErrorCode code) {
        return optional(name, code, Check.BOOLEAN);
    }

    /** Reads a body. */
    public static FieldsRequest fromBody(JsonNode body) {
        BODY.check(StrictValue.body(body));
        return new FieldsRequest(
                body.path("offset").asLong(0),
                body.path("limit").asLong(LIMIT_DEFAULT),
                body.path("filter") instanceof ObjectNode filter ? filter : Json.object());
    }

    /** The page of fields that pass the filter, by their names. */
    public ObjectNode page(List<ObjectNode> fields) {
        ObjectNode page = Json.object();
        ArrayNode results = page.putArray("results");
        fields.stream()
                .sorted(Comparator.comparing(FieldsRequest::name, Utf8Order.ASCENDING))
                .skip(offset)
                .limit(limit)
                .forEach(results::add);
        return page.put("offset", offset).put("limit", limit).put("total", fields.size());
    }

    /** The name of a field. */
    public static String name(ObjectNode field) {
        return field.path("name").asString();
    }
}
