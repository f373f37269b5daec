package io.miroir.api.documents;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The place of a document, the member {@code _geo}; degrees.
 *
 * @param latitude north is positive
 * @param longitude east is positive
 */
public record GeoPoint(double latitude, double longitude) {

    /**
     * Reads {@code _geo}.
     *
     * @param id the document's id as JSON, for messages
     * @return null when the document has no place
     * @throws ApiException when it is malformed
     */
    public static @Nullable GeoPoint read(String id, JsonNode geo) {
        if (geo.isMissingNode() || geo.isNull()) {
            return null;
        }
        if (!(geo instanceof ObjectNode object)) {
            throw bad(
                    "The `_geo` field in the document with the id: `"
                            + id
                            + "` is not an object. Was expecting an object with the `_geo.lat` and"
                            + " `_geo.lng` fields but instead got `"
                            + Json.text(geo)
                            + "`.");
        }
        JsonNode lat = object.get("lat");
        JsonNode lng = object.get("lng");
        if (lat == null || lng == null) {
            throw missing(id, lat, lng);
        }
        Double latitude = number(lat);
        Double longitude = number(lng);
        if (latitude == null || longitude == null) {
            throw notNumbers(id, lat, latitude, lng, longitude);
        }
        if (object.size() > 2) {
            ObjectNode rest = object.deepCopy();
            rest.remove("lat");
            rest.remove("lng");
            throw bad(
                    "The `_geo` field in the document with the id: `"
                            + id
                            + "` contains the following unexpected fields: `"
                            + Json.text(rest)
                            + "`.");
        }
        return new GeoPoint(latitude, longitude);
    }

    private static ApiException missing(String id, @Nullable JsonNode lat, @Nullable JsonNode lng) {
        String what =
                lat != null ? "longitude" : lng != null ? "latitude" : "latitude nor longitude";
        String field =
                lat != null
                        ? "a `_geo.lng` field."
                        : lng != null ? "a `_geo.lat` field." : "`_geo.lat` and `_geo.lng` fields.";
        return bad(
                "Could not find "
                        + what
                        + " in the document with the id: `"
                        + id
                        + "`. Was expecting "
                        + field);
    }

    private static ApiException notNumbers(
            String id,
            JsonNode lat,
            @Nullable Double latitude,
            JsonNode lng,
            @Nullable Double longitude) {
        String head = "Could not parse ";
        String tail = " in the document with the id: `" + id + "`. Was expecting ";
        if (latitude == null && longitude == null) {
            return bad(
                    head
                            + "latitude nor longitude"
                            + tail
                            + "finite numbers but instead got `"
                            + Json.text(lat)
                            + "` and `"
                            + Json.text(lng)
                            + "`.");
        }
        return bad(
                head
                        + (latitude == null ? "latitude" : "longitude")
                        + tail
                        + "a finite number but instead got `"
                        + Json.text(latitude == null ? lat : lng)
                        + "`.");
    }

    private static @Nullable Double number(JsonNode node) {
        try {
            double number =
                    node.isString()
                            ? Double.parseDouble(node.stringValue().trim())
                            : node.isNumber() ? node.doubleValue() : Double.NaN;
            return Double.isFinite(number) ? number : null;
        } catch (NumberFormatException notNumber) {
            return null;
        }
    }

    private static ApiException bad(String message) {
        return new ApiException(ErrorCode.INVALID_DOCUMENT_GEO_FIELD, message);
    }
}
