package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.GeoField;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorts by distance; documents without a place come last, whichever the direction. */
final class GeoRule implements Rule {
    /** Distances nearer than this are equal. */
    private static final double MARGIN_METERS = 1;

    private static final int BUCKET_MAX = 1_000;

    private final Snapshot snapshot;
    private final double latitude;
    private final double longitude;
    private final boolean ascending;

    GeoRule(Snapshot snapshot, double latitude, double longitude, boolean ascending) {
        this.snapshot = snapshot;
        this.latitude = latitude;
        this.longitude = longitude;
        this.ascending = ascending;
    }

    private record Placed(int doc, GeoField place, double meters) {}

    @Override
    public Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted) {
        List<Placed> placed = new ArrayList<>();
        int[] without = new int[docs.length];
        int withoutCount = 0;
        for (int doc : docs) {
            GeoField place = snapshot.place(doc);
            if (place == null) {
                without[withoutCount++] = doc;
                continue;
            }
            double meters = Earth.meters(latitude, longitude, place.latitude(), place.longitude());
            placed.add(new Placed(doc, place, meters));
        }
        Comparator<Placed> order = Comparator.comparingDouble(Placed::meters);
        placed.sort(ascending ? order : order.reversed());
        List<Bucket> buckets = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= placed.size(); i++) {
            boolean ends =
                    i == placed.size()
                            || i - start == BUCKET_MAX
                            || Math.abs(placed.get(i).meters - placed.get(start).meters)
                                    > MARGIN_METERS;
            if (ends) {
                int[] own = placed.subList(start, i).stream().mapToInt(Placed::doc).toArray();
                Arrays.sort(own);
                buckets.add(new Bucket(own, paths, score(placed.get(start).place)));
                start = i;
            }
        }
        if (withoutCount > 0) {
            buckets.add(new Bucket(Arrays.copyOf(without, withoutCount), paths, score(null)));
        }
        return buckets.iterator();
    }

    private Score score(@Nullable GeoField place) {
        return new Score.GeoSort(latitude, longitude, ascending, place);
    }
}
