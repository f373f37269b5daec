package io.miroir.embedded.engine.find;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.JsonText;
import io.miroir.api.search.GeoPlace;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.Word;
import io.miroir.embedded.engine.rank.Earth;
import io.miroir.embedded.engine.store.GeoField;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.lucene.util.FixedBitSet;

/** The filters on places. */
final class GeoFilter {
    private static final int RESOLUTION_MIN = 3;
    private static final int RESOLUTION_MAX = 1_000;

    private final Snapshot snapshot;
    private final ErrorCode code;
    private final String where;
    private final Function<Word, ApiException> notFilterable;

    GeoFilter(
            Snapshot snapshot,
            ErrorCode code,
            String where,
            Function<Word, ApiException> notFilterable) {
        this.snapshot = snapshot;
        this.code = code;
        this.where = where;
        this.notFilterable = notFilterable;
    }

    FixedBitSet radius(Filter.GeoRadius radius) {
        double latitude = latitude(radius.latitude());
        double longitude = longitude(radius.longitude());
        double meters = number(radius.meters());
        Word resolution = radius.resolution();
        if (resolution != null) {
            int value = (int) number(resolution);
            if (value < RESOLUTION_MIN || value > RESOLUTION_MAX) {
                throw refused(
                        resolution,
                        "Invalid resolution `"
                                + value
                                + "`. Resolution must be between 3 and 1000.");
            }
        }
        checkFilterable(radius.latitude());
        return where(
                place ->
                        Earth.meters(latitude, longitude, place.latitude(), place.longitude())
                                <= meters);
    }

    FixedBitSet box(Filter.GeoBoundingBox box) {
        double top = latitude(box.top());
        double right = longitude(box.right());
        double bottom = latitude(box.bottom());
        double left = longitude(box.left());
        if (top < bottom) {
            throw refused(
                    box.left(),
                    "The top latitude `"
                            + JsonText.plain(top)
                            + "` is below the bottom latitude `"
                            + JsonText.plain(bottom)
                            + "`.");
        }
        checkFilterable(box.top());
        return where(
                place -> {
                    double lng = place.longitude();
                    // A box whose left side is east of its right one spans the date line.
                    boolean within =
                            left <= right
                                    ? lng >= left && lng <= right
                                    : lng >= left || lng <= right;
                    return place.latitude() >= bottom && place.latitude() <= top && within;
                });
    }

    private void checkFilterable(Word at) {
        boolean filterable =
                snapshot.settings().filterable().stream()
                        .anyMatch(rule -> rule.plain() && rule.patterns().contains("_geo"));
        if (!filterable) {
            throw notFilterable.apply(at);
        }
    }

    private FixedBitSet where(Predicate<GeoField> wanted) {
        FixedBitSet docs = new FixedBitSet(Math.max(1, snapshot.maxDoc()));
        for (int doc = 0; doc < snapshot.maxDoc(); doc++) {
            if (snapshot.live().get(doc)) {
                GeoField place = snapshot.place(doc);
                if (place != null && wanted.test(place)) {
                    docs.set(doc);
                }
            }
        }
        return docs;
    }

    private double latitude(Word word) {
        double degrees = number(word);
        if (!GeoPlace.isLatitude(degrees)) {
            throw refused(word, GeoPlace.badLatitude(degrees));
        }
        return degrees;
    }

    private double longitude(Word word) {
        double degrees = number(word);
        if (!GeoPlace.isLongitude(degrees)) {
            throw refused(word, GeoPlace.badLongitude(degrees));
        }
        return degrees;
    }

    private double number(Word word) {
        double number = Double.parseDouble(word.text());
        if (!Double.isFinite(number)) {
            throw refused(word, "Non finite floats are not supported");
        }
        return number;
    }

    private ApiException refused(Word at, String problem) {
        return new ApiException(code, where + at.complain(problem));
    }
}
