package io.miroir.api.strict;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An offset and a limit in a query string, and the page they cut. */
public record Paging(long offset, long limit) {
    private static final String LIMIT_DEFAULT = "20";

    /** The shape of a query string that has nothing else. */
    public static Shape shape(ErrorCode offsetCode, ErrorCode limitCode) {
        return Shape.of(
                Shape.notNull("offset", offsetCode, Check.unsigned(Long.MAX_VALUE)),
                Shape.notNull("limit", limitCode, Check.unsigned(Long.MAX_VALUE)));
    }

    /** Reads a query string of that shape. */
    public static Paging of(Shape shape, Map<String, String> parameters) {
        shape.check(StrictValue.query(parameters));
        return new Paging(
                Long.parseLong(parameters.getOrDefault("offset", "0")),
                Long.parseLong(parameters.getOrDefault("limit", LIMIT_DEFAULT)));
    }

    /** The page of a list, as routes answer it. */
    public <T> ObjectNode page(List<T> all, Function<T, ObjectNode> toJson) {
        ObjectNode page = Json.object();
        ArrayNode results = page.putArray("results");
        all.stream().skip(offset).limit(limit).map(toJson).forEach(results::add);
        return page.put("offset", offset).put("limit", limit).put("total", all.size());
    }
}
