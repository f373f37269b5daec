package io.miroir.fanout.answer;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.FilterInput;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterFields;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps Miroir's own fields from clients. */
public final class ReservedFields {
    /** Where a request may name attributes that nodes would accept, besides the filter. */
    private static final List<String> NAMING =
            List.of(
                    "sort",
                    "facets",
                    "distinct",
                    "facetName",
                    "attributesToSearchOn",
                    "attributesToHighlight",
                    "attributesToCrop");

    private ReservedFields() {}

    /** Removes every reserved field of a document or of an object with a document's fields. */
    public static void strip(ObjectNode document) {
        List<String> reserved = List.of();
        for (String field : document.propertyNames()) {
            if (Separators.isReserved(field)) {
                reserved = reserved.isEmpty() ? new ArrayList<>() : reserved;
                reserved.add(field);
            }
        }
        reserved.forEach(document::remove);
    }

    /**
     * Refuses a read that names reserved fields, which nodes would let it filter and sort by.
     *
     * @param request of a search, a query of a multi-search, a federation, a facet search or a
     *     fetch of documents
     * @throws ApiException with {@link ErrorCode#MIROIR_RESERVED_FIELD}, or with {@code filterCode}
     *     if the filter is malformed
     */
    public static void refuse(ObjectNode request, ErrorCode filterCode) {
        refuseFilter(request.get("filter"), filterCode);
        for (String naming : NAMING) {
            JsonNode names = request.path(naming);
            if (names.isString()) {
                refuse(names.asString(), naming);
            }
            names.forEach(name -> refuse(name.asString(""), naming));
        }
        for (JsonNode facets : request.path("facetsByIndex")) {
            facets.forEach(name -> refuse(name.asString(""), "facetsByIndex"));
        }
    }

    /**
     * Refuses a filter that names reserved fields, of a read or of a write.
     *
     * @param filter as a client sends it; null for none
     * @throws ApiException with {@link ErrorCode#MIROIR_RESERVED_FIELD}, or with {@code code} if it
     *     is malformed
     */
    public static void refuseFilter(@Nullable JsonNode filter, ErrorCode code) {
        Filter parsed = FilterInput.parse(filter, code);
        if (parsed != null) {
            FilterFields.of(parsed).forEach(field -> refuse(field.text(), "filter"));
        }
    }

    private static void refuse(String name, String where) {
        if (Separators.isReserved(name)) {
            throw new ApiException(
                    ErrorCode.MIROIR_RESERVED_FIELD,
                    "`"
                            + name
                            + "` in `"
                            + where
                            + "`: names that begin with `"
                            + Separators.RESERVED_PREFIX
                            + "` are reserved.");
        }
    }
}
