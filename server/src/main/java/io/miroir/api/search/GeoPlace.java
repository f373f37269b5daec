package io.miroir.api.search;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.JsonText;

/** Limits of coordinates, and how messages speak of them. */
public final class GeoPlace {
    private static final double LATITUDE_MAX = 90;
    private static final double LONGITUDE_MAX = 180;

    private GeoPlace() {}

    /** Throws with {@code code} unless both coordinates are on the globe. */
    public static void check(double latitude, double longitude, ErrorCode code) {
        if (!isLatitude(latitude)) {
            throw new ApiException(code, badLatitude(latitude));
        }
        if (!isLongitude(longitude)) {
            throw new ApiException(code, badLongitude(longitude));
        }
    }

    /** Whether a latitude is within ±90 degrees. */
    public static boolean isLatitude(double degrees) {
        return degrees >= -LATITUDE_MAX && degrees <= LATITUDE_MAX;
    }

    /** Whether a longitude is within ±180 degrees. */
    public static boolean isLongitude(double degrees) {
        return degrees >= -LONGITUDE_MAX && degrees <= LONGITUDE_MAX;
    }

    /** The message about a latitude out of range. */
    public static String badLatitude(double degrees) {
        return "Bad latitude `"
                + JsonText.plain(degrees)
                + "`. Latitude must be contained between -90 and 90 degrees.";
    }

    /** The message about a longitude out of range. */
    public static String badLongitude(double degrees) {
        double turn = 2 * LONGITUDE_MAX;
        double shifted = (degrees + LONGITUDE_MAX) % turn;
        double normalized = (shifted < 0 ? shifted + turn : shifted) - LONGITUDE_MAX;
        return "Bad longitude `"
                + JsonText.plain(degrees)
                + "`. Longitude must be contained between -180 and 180 degrees. Hint: try using `"
                + JsonText.plain(normalized)
                + "` instead.";
    }
}
