package io.miroir.fanout.answer;

import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Keeps Miroir's own fields from clients. */
public final class ReservedFields {
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
}
