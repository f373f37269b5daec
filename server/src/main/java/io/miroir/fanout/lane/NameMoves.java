package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.IndexUid;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.indexes.Swap;
import io.miroir.cluster.ClusterView;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What comes of a task that moves names, decided on what the names stand for once all that was
 * before it in their lanes has ended (protocol, rule 7).
 *
 * @param error why nothing moves; null if nothing is in the way
 * @param effects what it was decided on, and what moves
 */
record NameMoves(@Nullable ObjectNode error, List<IndexEffect> effects) {
    /** That of any other task. */
    static final NameMoves NONE = new NameMoves(null, List.of());

    /** What a name stands for that nobody bears. */
    static final long NOBODY = 0;

    /** Whether a task moves names. */
    static boolean isOf(TaskType type, Details details) {
        return !swaps(type, details.visible()).isEmpty();
    }

    /** Those of a task whose turn it is. */
    static NameMoves of(Tracked task, ClusterView view) {
        if (!isOf(task.type(), task.details())) {
            return NONE;
        }
        // Another pod may have moved the names that this one is about to.
        view.catchUp();
        return decide(
                task.type(),
                task.details(),
                name -> view.index(name).map(index -> index.row().incarnation()).orElse(NOBODY),
                name -> view.alias(name).isPresent());
    }

    /**
     * Decides.
     *
     * @param incarnations what each name stands for, {@link #NOBODY} for nothing
     * @param aliases which names are aliases
     */
    static NameMoves decide(
            TaskType type,
            Details details,
            ToLongFunction<String> incarnations,
            Predicate<String> aliases) {
        List<Swap> swaps = swaps(type, details.visible());
        List<IndexEffect> effects = new ArrayList<>();
        for (String name : IndexSwaps.names(swaps)) {
            effects.add(new IndexEffect.NameExpected(name, incarnations.applyAsLong(name)));
        }
        ApiException refusal = refusal(type, swaps, incarnations);
        if (refusal == null) {
            refusal = aliased(swaps, aliases);
        }
        if (refusal != null) {
            return new NameMoves(refusal.toJson(), effects);
        }
        for (Swap swap : swaps) {
            long first = incarnations.applyAsLong(swap.first());
            effects.add(
                    swap.rename()
                            ? new IndexEffect.Renamed(first, swap.second())
                            : new IndexEffect.Swapped(
                                    first, incarnations.applyAsLong(swap.second())));
        }
        return new NameMoves(null, effects);
    }

    private static @Nullable ApiException refusal(
            TaskType type, List<Swap> swaps, ToLongFunction<String> incarnations) {
        ApiException refusal =
                IndexSwaps.refusal(swaps, name -> incarnations.applyAsLong(name) != NOBODY);
        if (refusal == null || type == TaskType.INDEX_SWAP) {
            return refusal;
        }
        // A rename that is not a swap is told in other words.
        Swap rename = swaps.getFirst();
        return incarnations.applyAsLong(rename.first()) == NOBODY
                ? IndexUid.notFound(rename.first())
                : IndexUid.alreadyExists(rename.second());
    }

    private static @Nullable ApiException aliased(List<Swap> swaps, Predicate<String> aliases) {
        return swaps.stream()
                .filter(Swap::rename)
                .map(Swap::second)
                .filter(aliases)
                .findFirst()
                .map(IndexUid::aliased)
                .orElse(null);
    }

    private static List<Swap> swaps(TaskType type, ObjectNode visible) {
        if (type == TaskType.INDEX_SWAP) {
            return IndexSwaps.ofDetails(visible);
        }
        String from = visible.path("oldIndexUid").asString("");
        String to = visible.path("newIndexUid").asString("");
        return type == TaskType.INDEX_UPDATE && !from.equals(to)
                ? List.of(new Swap(from, to, true))
                : List.of();
    }
}
