package io.miroir.fanout.answer;

import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.Kept;
import io.miroir.core.merge.Pinning;
import io.miroir.core.merge.Ranked;
import io.miroir.fanout.answer.SeenValues.As;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The hits of a search as one server with everything lists them, with what is pinned in them, to
 * the page's end, and what nodes found besides.
 */
final class SearchHits {
    private final List<ObjectNode> answers;
    private final PinnedHits pinned;
    private final List<Hit> best;
    private final List<Hit> rest = new ArrayList<>();
    private final ShownOnce<Hit> list;

    /** A hit of a node. */
    record Hit(ObjectNode json, Ranked ranked) {}

    /**
     * Walks the merged list to a page's end.
     *
     * @param answers of nodes, in any fixed order
     * @param distinct the attribute of which each value is shown once, if there is one
     * @param ofRequest whether the request names it
     */
    SearchHits(
            List<ObjectNode> answers,
            PinnedHits pinned,
            Comparator<Ranked> order,
            @Nullable String primaryKey,
            @Nullable String distinct,
            boolean ofRequest,
            int end) {
        this.answers = answers;
        this.pinned = pinned;
        Iterator<Hit> merged =
                new KWayMerge<>(
                        answers.stream().map(SearchHits::hits).toList(),
                        Comparator.comparing(Hit::ranked, order));
        // What was written since it was looked up is another document for the nodes.
        Iterator<Hit> others =
                pinned.ids().isEmpty() || primaryKey == null
                        ? merged
                        : new Kept<>(
                                merged,
                                hit -> !pinned.ids().contains(HitView.id(hit.json, primaryKey)));
        this.list = new ShownOnce<>(others, Hit::json, distinct, ofRequest ? As.BOTH : As.INDEXED);
        this.best = KWayMerge.take(new Pinning<>(list, placed(pinned)), end);
    }

    private static List<Pinning.Pinned<Hit>> placed(PinnedHits pinned) {
        Ranked rank = ScoreDetails.pinned(0);
        return pinned.hits().stream()
                .map(pin -> new Pinning.Pinned<>(pin.position(), new Hit(pin.element(), rank)))
                .toList();
    }

    /** Hits of nodes. */
    static List<Hit> of(List<ObjectNode> hits) {
        return hits.stream().map(hit -> new Hit(hit, ScoreDetails.read(hit))).toList();
    }

    /** The hits to the page's end. */
    List<Hit> best() {
        return best;
    }

    /**
     * Walks on to the end of what nodes said.
     *
     * @param counted as in {@link ShownOnce#rest}
     */
    void walkOn(boolean counted) {
        rest.addAll(list.rest(counted));
    }

    /** What has a value that a better hit has, of what was walked. */
    List<ObjectNode> duplicates() {
        return list.duplicates().stream().map(Hit::json).toList();
    }

    /** Whether a hit had several values of the attribute that are shown once. */
    boolean sawArray() {
        return list.sawArray();
    }

    /**
     * Whether all documents are known that one server would count, as it would have come to the end
     * of the list: what it would not have met it counts by another order.
     *
     * @param threshold whether it must have met worse hits than it shows to leave these out
     */
    boolean isSettled(boolean threshold, int end) {
        return isWhole() && rest.isEmpty() && !(threshold && best.size() >= end);
    }

    /** Whether nodes listed all that they counted. */
    boolean isWhole() {
        return pinned.hits().isEmpty() && answers.stream().allMatch(SearchHits::isWhole);
    }

    /** Whether a node listed all documents that it counted. */
    static boolean isWhole(JsonNode answer) {
        return Paging.isCounted(answer) && answer.path("hits").size() >= Paging.total(answer);
    }

    /** The documents that one server counts, the oldest first, where everything is known. */
    List<ObjectNode> kept() {
        List<ObjectNode> kept = new ArrayList<>();
        best.forEach(hit -> kept.add(hit.json));
        kept.sort(Comparator.comparing(ScoreDetails::tie));
        return kept;
    }

    private static Iterator<Hit> hits(ObjectNode answer) {
        Iterator<JsonNode> nodes = answer.path("hits").iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return nodes.hasNext();
            }

            @Override
            public Hit next() {
                ObjectNode hit = (ObjectNode) nodes.next();
                return new Hit(hit, ScoreDetails.read(hit));
            }
        };
    }
}
