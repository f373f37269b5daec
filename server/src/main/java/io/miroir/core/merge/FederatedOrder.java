package io.miroir.core.merge;

import io.miroir.core.merge.ScoreGroups.ByDistance;
import io.miroir.core.merge.ScoreGroups.BySort;
import io.miroir.core.merge.ScoreGroups.Group;
import io.miroir.core.merge.ScoreGroups.Weighted;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * Orders the hits of a federated search: those of one query rule by rule, those of different
 * queries by their weighted score groups, then by the position of the query. As in the original,
 * this is no total order where queries sort by different things.
 */
public final class FederatedOrder implements Comparator<Ranked> {
    /** The one instance: the weights are in the hits. */
    public static final FederatedOrder INSTANCE = new FederatedOrder();

    private FederatedOrder() {}

    @Override
    public int compare(Ranked left, Ranked right) {
        int order =
                left.query() == right.query()
                        ? RuleOrder.compare(left.ranks(), right.ranks())
                        : compareQueries(left, right);
        if (order != 0) {
            return order;
        }
        int byQuery = Integer.compare(left.query(), right.query());
        return byQuery != 0 ? byQuery : Ranked.compareTies(left, right);
    }

    private static int compareQueries(Ranked left, Ranked right) {
        List<Group> a = left.weighted();
        List<Group> b = right.weighted();
        int groups = Math.min(a.size(), b.size());
        for (int i = 0; i < groups; i++) {
            OptionalInt order = compareGroup(a.get(i), b.get(i));
            if (order.isEmpty()) {
                // Not comparable: who has more groups left goes first, else the whole score says.
                int byRest = Integer.compare(b.size(), a.size());
                return byRest != 0 ? byRest : Double.compare(right.score(), left.score());
            }
            if (order.getAsInt() != 0) {
                return order.getAsInt();
            }
        }
        return Integer.compare(b.size(), a.size());
    }

    private static OptionalInt compareGroup(Group left, Group right) {
        return switch (left) {
            case Weighted(double a) when right instanceof Weighted(double b) ->
                    OptionalInt.of(
                            Math.abs(a - b) <= HybridOrder.EPSILON ? 0 : Double.compare(b, a));
            case BySort(boolean up, SortKey a)
                    when right instanceof BySort(boolean otherUp, SortKey b) && up == otherUp ->
                    OptionalInt.of(SortKey.compare(up, a, b));
            case ByDistance(boolean up, double a)
                    when right instanceof ByDistance(boolean otherUp, double b) && up == otherUp ->
                    OptionalInt.of(distance(a, b));
            case Weighted _, BySort _, ByDistance _ -> OptionalInt.empty();
        };
    }

    /** The original puts the farther first in both directions; no place is last. */
    private static int distance(double left, double right) {
        boolean missing = Double.isNaN(left) || Double.isNaN(right);
        return missing ? Double.compare(left, right) : Double.compare(right, left);
    }
}
