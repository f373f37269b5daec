package io.miroir.embedded.engine;

import io.miroir.embedded.engine.rank.Score;
import io.miroir.embedded.engine.rank.Scores;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares what rules say of hits of two searches; the better one is greater.
 *
 * @param left factor of scores on the left
 * @param right factor of scores on the right
 */
record ScoreOrder(double left, double right) {
    private static final double EQUAL_WITHIN = Math.ulp(1.0);

    int compare(List<Scores.Value> a, List<Scores.Value> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int compared = compare(a.get(i), b.get(i));
            if (compared != 0) {
                return compared;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private int compare(Scores.Value a, Scores.Value b) {
        if (a instanceof Scores.Value.Scored one && b instanceof Scores.Value.Scored other) {
            double difference = one.score() * left - other.score() * right;
            return Math.abs(difference) <= EQUAL_WITHIN ? 0 : Double.compare(difference, 0);
        }
        if (a instanceof Scores.Value.Sorted one && b instanceof Scores.Value.Sorted other) {
            return sorted(one.sort().ascending(), one.sort().value(), other.sort().value());
        }
        if (a instanceof Scores.Value.Distant one && b instanceof Scores.Value.Distant other) {
            return distant(one.sort(), other.sort());
        }
        // A score of nothing loses against whatever is sorted by; any other wins.
        if (a instanceof Scores.Value.Scored one) {
            return one.score() == 0 ? -1 : 1;
        }
        if (b instanceof Scores.Value.Scored other) {
            return other.score() == 0 ? 1 : -1;
        }
        return 0;
    }

    /** Numbers before texts before nothing, whichever the direction. */
    static int sorted(boolean ascending, @Nullable Object a, @Nullable Object b) {
        int kinds = Integer.compare(kind(b), kind(a));
        if (kinds != 0) {
            return kinds;
        }
        int compared = 0;
        if (a instanceof Double one && b instanceof Double other) {
            compared = Double.compare(one, other);
        } else if (a instanceof String one && b instanceof String other) {
            compared =
                    Arrays.compareUnsigned(
                            one.getBytes(StandardCharsets.UTF_8),
                            other.getBytes(StandardCharsets.UTF_8));
        }
        return ascending ? -compared : compared;
    }

    private static int kind(@Nullable Object value) {
        return value instanceof Double ? 0 : value instanceof String ? 1 : 2;
    }

    static int distant(Score.GeoSort a, Score.GeoSort b) {
        Double one = a.distance();
        Double other = b.distance();
        if (one == null || other == null) {
            return Boolean.compare(one != null, other != null);
        }
        Comparator<Double> order = Comparator.naturalOrder();
        return a.ascending() ? order.compare(other, one) : order.compare(one, other);
    }
}
