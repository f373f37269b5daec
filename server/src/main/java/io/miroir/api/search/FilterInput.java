package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.JsonText;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterParser;
import io.miroir.core.filter.FilterSyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The two forms a filter may have in JSON: an expression, or arrays of expressions. */
public final class FilterInput {
    private static final String KINDS = "Invalid syntax for the filter parameter: `expected ";

    private FilterInput() {}

    /** Whether a filter was refused for what it is, not for an expression in it. */
    public static boolean isOfKinds(ApiException refused) {
        return refused.text().startsWith(KINDS);
    }

    /**
     * Parses a filter; the outer array means AND, an inner one OR.
     *
     * @param json the value of {@code filter}; null or JSON null filters nothing
     * @param code the code of errors about it
     * @return the filter, or null when it filters nothing
     * @throws ApiException when it is malformed
     */
    public static @Nullable Filter parse(@Nullable JsonNode json, ErrorCode code) {
        if (json == null || json.isNull()) {
            return null;
        }
        if (json.isString()) {
            return expression(json.stringValue(), code);
        }
        if (!json.isArray()) {
            throw wrong("String, Array", json, code);
        }
        checkKinds(json, code);
        List<Filter> parts = new ArrayList<>();
        for (JsonNode part : json) {
            Filter filter =
                    part.isArray() ? anyOf(part, code) : expression(part.stringValue(), code);
            if (filter != null) {
                parts.add(filter);
            }
        }
        return switch (parts.size()) {
            case 0 -> null;
            case 1 -> parts.getFirst();
            default -> new Filter.And(parts);
        };
    }

    /** A value of a wrong kind is told before any expression is read. */
    private static void checkKinds(JsonNode array, ErrorCode code) {
        for (JsonNode part : array) {
            if (!part.isArray() && !part.isString()) {
                throw wrong("String, [String]", part, code);
            }
            for (JsonNode alternative : part) {
                if (!alternative.isString()) {
                    throw wrong("String", alternative, code);
                }
            }
        }
    }

    private static @Nullable Filter anyOf(JsonNode array, ErrorCode code) {
        List<Filter> parts = new ArrayList<>();
        for (JsonNode part : array) {
            Filter filter = expression(part.stringValue(), code);
            if (filter != null) {
                parts.add(filter);
            }
        }
        return switch (parts.size()) {
            case 0 -> null;
            case 1 -> parts.getFirst();
            default -> new Filter.Or(parts);
        };
    }

    private static @Nullable Filter expression(String text, ErrorCode code) {
        try {
            return FilterParser.parse(text);
        } catch (FilterSyntaxException wrong) {
            throw new ApiException(code, wrong.text());
        }
    }

    static ApiException wrong(String expected, JsonNode found, ErrorCode code) {
        return new ApiException(code, KINDS + expected + ", found: " + JsonText.of(found) + "`.");
    }
}
