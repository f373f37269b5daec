package io.miroir.embedded.engine;

import io.miroir.embedded.engine.rank.Scores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares hits of several queries, as federated searches do: rule by rule as long as the rules are
 * of one kind, else by score. The better one is greater.
 */
final class WeightedOrder {
    private WeightedOrder() {}

    /** What is compared of a hit. */
    record Weighed(List<Scores.Value> values, double global, double weight) {}

    static int compare(Weighed a, Weighed b) {
        int shared = Math.min(a.values.size(), b.values.size());
        for (int i = 0; i < shared; i++) {
            Integer compared = compare(a.values.get(i), a.weight, b.values.get(i), b.weight);
            if (compared == null) {
                // Rules that cannot be compared: the hit with more rules left is better.
                int rules = Integer.compare(a.values.size(), b.values.size());
                return rules != 0 ? rules : Double.compare(a.global, b.global);
            }
            if (compared != 0) {
                return compared;
            }
        }
        return Integer.compare(a.values.size(), b.values.size());
    }

    private static @Nullable Integer compare(
            Scores.Value a, double weightA, Scores.Value b, double weightB) {
        if (a instanceof Scores.Value.Scored && b instanceof Scores.Value.Scored) {
            return new ScoreOrder(weightA, weightB).compare(List.of(a), List.of(b));
        }
        if (a instanceof Scores.Value.Sorted one && b instanceof Scores.Value.Sorted other) {
            return one.sort().ascending() == other.sort().ascending()
                    ? ScoreOrder.sorted(
                            one.sort().ascending(), one.sort().value(), other.sort().value())
                    : null;
        }
        if (a instanceof Scores.Value.Distant one && b instanceof Scores.Value.Distant other) {
            if (one.sort().ascending() != other.sort().ascending()) {
                return null;
            }
            Double left = one.sort().distance();
            Double right = other.sort().distance();
            return left == null || right == null
                    ? Boolean.compare(left != null, right != null)
                    // Meilisearch puts the farther one first here, whichever the direction.
                    : Double.compare(left, right);
        }
        return null;
    }
}
