package io.miroir.embedded.engine.store;

import io.miroir.api.documents.GeoPoint;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The place of a document, degrees.
 *
 * @param latitude north is positive
 * @param longitude east is positive
 */
public record GeoField(double latitude, double longitude) {

    /**
     * Reads {@code _geo}.
     *
     * @param id the document's id, for messages
     * @return null when the document has no place
     * @throws io.miroir.api.ApiException when it is malformed
     */
    static @Nullable GeoField read(String id, JsonNode geo) {
        GeoPoint point = GeoPoint.read("\"" + id + "\"", geo);
        return point == null ? null : new GeoField(point.latitude(), point.longitude());
    }
}
