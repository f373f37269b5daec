package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.List;
import java.util.Set;

/** One sort expression of a request. */
public sealed interface SortBy {
    /** Whether smaller values (or nearer places) come first. */
    boolean ascending();

    /** Sort on a field. */
    record Field(String name, boolean ascending) implements SortBy {}

    /** Sort on the distance to a place, degrees. */
    record Geo(double latitude, double longitude, boolean ascending) implements SortBy {}

    /** Names that no field may have in a sort or filter expression. */
    Set<String> RESERVED =
            Set.of(
                    "_geo",
                    "_geojson",
                    "_geoDistance",
                    "_geoPoint",
                    "_geoRadius",
                    "_geoBoundingBox");

    /**
     * Parses expressions like {@code price:asc} or {@code _geoPoint(1, 2):desc}.
     *
     * @throws ApiException with {@code code} when one is malformed
     */
    static List<SortBy> parse(List<String> expressions, ErrorCode code) {
        return expressions.stream().map(text -> parse(text, code)).toList();
    }

    private static SortBy parse(String text, ErrorCode code) {
        int colon = text.lastIndexOf(':');
        String direction = text.substring(colon + 1);
        if (colon < 0 || !(direction.equals("asc") || direction.equals("desc"))) {
            throw new ApiException(
                    code,
                    "Invalid syntax for the sort parameter: expected expression ending by `:asc` or"
                            + " `:desc`, found `"
                            + text
                            + "`.");
        }
        String name = text.substring(0, colon);
        boolean ascending = direction.equals("asc");
        if (name.startsWith("_geoPoint(") && name.endsWith(")")) {
            return geo(name, ascending, code);
        }
        checkName(name, code);
        return new Field(name, ascending);
    }

    private static SortBy geo(String name, boolean ascending, ErrorCode code) {
        String[] parts = name.substring("_geoPoint(".length(), name.length() - 1).split(",", 2);
        double latitude;
        double longitude;
        try {
            latitude = Double.parseDouble(parts[0].trim());
            longitude = Double.parseDouble(parts.length < 2 ? "" : parts[1].trim());
        } catch (NumberFormatException notNumbers) {
            throw badGeo(name, code);
        }
        GeoPlace.check(latitude, longitude, code);
        return new Geo(latitude, longitude, ascending);
    }

    private static void checkName(String name, ErrorCode code) {
        if (name.startsWith("_geoPoint")) {
            throw badGeo(name, code);
        }
        boolean call =
                List.of("_geoRadius(", "_geoBoundingBox(", "_geo(", "_geoDistance(").stream()
                        .anyMatch(name::startsWith);
        if (!RESERVED.contains(name) && !call) {
            return;
        }
        String hint =
                " Use the _geoPoint(latitude, longitude) built-in rule to sort on _geo field"
                        + " coordinates.";
        String shown = name;
        if (name.startsWith("_geoRadius")) {
            shown = "_geoRadius";
        } else if (name.startsWith("_geoBoundingBox")) {
            shown = "_geoBoundingBox";
        } else if (!name.equals("_geo")) {
            hint = "";
        }
        throw new ApiException(
                code,
                "`"
                        + shown
                        + "` is a reserved keyword and thus can't be used as a sort expression."
                        + hint);
    }

    private static ApiException badGeo(String name, ErrorCode code) {
        return new ApiException(
                code,
                "Invalid syntax for the geo parameter: expected expression formated like"
                        + " `_geoPoint(latitude, longitude)` and ending by `:asc` or `:desc`, found"
                        + " `"
                        + name
                        + "`.");
    }
}
