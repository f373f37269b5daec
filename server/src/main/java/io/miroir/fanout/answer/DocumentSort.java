package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import io.miroir.core.merge.RankValue;
import io.miroir.core.merge.SortKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One sort of a list of documents, by the values that the documents have: normalised as nodes do
 * it, the smallest of an array when ascending, the largest when descending.
 *
 * @param attribute what is sorted by
 * @param near where distances are measured from, or null
 */
record DocumentSort(String attribute, boolean ascending, @Nullable Place near) {
    /** In degrees. */
    record Place(double latitude, double longitude) {}

    private static final String GEO_PREFIX = "_geoPoint(";
    private static final double EARTH_RADIUS_METRES = 6_371_000;

    /** Reads {@code attribute:asc} or {@code _geoPoint(latitude, longitude):desc}. */
    static DocumentSort of(String sort) {
        int colon = sort.lastIndexOf(':');
        String name = colon < 0 ? sort : sort.substring(0, colon);
        boolean ascending = !sort.substring(colon + 1).strip().equals("desc");
        if (!name.startsWith(GEO_PREFIX)) {
            return new DocumentSort(name, ascending, null);
        }
        int comma = name.indexOf(',');
        double latitude = Double.parseDouble(name.substring(GEO_PREFIX.length(), comma).strip());
        double longitude =
                Double.parseDouble(name.substring(comma + 1, name.lastIndexOf(')')).strip());
        return new DocumentSort("_geo", ascending, new Place(latitude, longitude));
    }

    /**
     * By what a document is sorted: one that has numbers and texts is listed by both in turn, as
     * nodes do it on this route.
     */
    List<RankValue> ranks(JsonNode document) {
        if (near != null) {
            return List.of(
                    new RankValue.Distance(ascending, distanceMetres(document.path("_geo"), near)));
        }
        List<JsonNode> values = new ArrayList<>();
        Attributes.collect(document, attribute, values);
        SortKey number = SortKey.MISSING;
        SortKey text = SortKey.MISSING;
        for (JsonNode value : values) {
            switch (key(value)) {
                case SortKey.Numeric key -> number = first(key, number);
                case SortKey.Text key -> text = first(key, text);
                case SortKey.Missing _ -> {}
            }
        }
        List<RankValue> ranks = new ArrayList<>();
        if (!(number instanceof SortKey.Missing)) {
            ranks.add(new RankValue.Sorted(ascending, number));
        }
        if (ranks.isEmpty() || !(text instanceof SortKey.Missing)) {
            ranks.add(new RankValue.Sorted(ascending, text));
        }
        return ranks;
    }

    private SortKey first(SortKey left, SortKey right) {
        return SortKey.compare(ascending, left, right) < 0 ? left : right;
    }

    private static SortKey key(JsonNode value) {
        if (value.isBoolean()) {
            return new SortKey.Text(Boolean.toString(value.asBoolean()));
        }
        return value.isString()
                ? new SortKey.Text(FacetText.normalize(value.asString()))
                : SortValues.key(value);
    }

    /** By the haversine formula; NaN without a place. */
    private static double distanceMetres(JsonNode geo, Place near) {
        double latitude = Math.toRadians(number(geo.path("lat")));
        double longitude = Math.toRadians(number(geo.path("lng")));
        double nearLatitude = Math.toRadians(near.latitude);
        double nearLongitude = Math.toRadians(near.longitude);
        double a = Math.sin((latitude - nearLatitude) / 2);
        double b = Math.sin((longitude - nearLongitude) / 2);
        double h = a * a + Math.cos(latitude) * Math.cos(nearLatitude) * b * b;
        return 2 * EARTH_RADIUS_METRES * Math.asin(Math.sqrt(h));
    }

    /** Coordinates may be given as texts. */
    private static double number(JsonNode coordinate) {
        return coordinate.isMissingNode() ? Double.NaN : coordinate.asDouble(Double.NaN);
    }
}
