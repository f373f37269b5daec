package io.miroir.embedded.engine.rank;

/** Distances on the globe. */
public final class Earth {
    private static final double RADIUS_METERS = 6_371_000;

    private Earth() {}

    /** Meters between two places given in degrees, by the haversine formula, to the millimeter. */
    public static double meters(double lat1, double lng1, double lat2, double lng2) {
        double a =
                haversine(Math.toRadians(lat2) - Math.toRadians(lat1))
                        + Math.cos(Math.toRadians(lat1))
                                * Math.cos(Math.toRadians(lat2))
                                * haversine(Math.toRadians(lng2) - Math.toRadians(lng1));
        return Math.round(2 * RADIUS_METERS * Math.asin(Math.sqrt(a)) * 1_000) / 1_000.0;
    }

    private static double haversine(double angle) {
        return (1 - Math.cos(angle)) / 2;
    }
}
