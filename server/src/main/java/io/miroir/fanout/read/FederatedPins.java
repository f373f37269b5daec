package io.miroir.fanout.read;

import io.miroir.cluster.IndexView;
import io.miroir.core.rules.Pin;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.answer.FederatedCall;
import io.miroir.fanout.answer.PinnedCall;
import io.miroir.fanout.answer.PinnedHits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What rules of clients pin in the queries of one federation: in each by itself. */
final class FederatedPins {
    private final PinnedReads reads;
    private final List<Query> queries;

    /** Who told of what is pinned. */
    private final List<Coverage> coverages = new ArrayList<>();

    private record Query(
            int position, IndexView index, ObjectNode body, PinnedReads.LookedUp lookedUp) {}

    private FederatedPins(PinnedReads reads, List<Query> queries) {
        this.reads = reads;
        this.queries = queries.stream().filter(query -> !query.lookedUp.call().isEmpty()).toList();
        queries.forEach(query -> coverages.add(query.lookedUp.from()));
    }

    /**
     * Looks up which documents there are.
     *
     * @param body the client's, valid already
     * @param indexes of the queries
     */
    static FederatedPins lookUp(
            PinnedReads reads, ObjectNode body, List<IndexView> indexes, AnswerBudget.Share share) {
        List<Supplier<Query>> lookUps = new ArrayList<>();
        for (int i = 0; i < indexes.size(); i++) {
            int position = i;
            IndexView index = indexes.get(i);
            ObjectNode query = FederatedCall.alone((ObjectNode) queries(body).path(i));
            List<Pin> pins = reads.pins(index, query);
            if (!pins.isEmpty()) {
                lookUps.add(
                        () ->
                                new Query(
                                        position,
                                        index,
                                        query,
                                        reads.lookUp(index, query, pins, share)));
            }
        }
        return new FederatedPins(reads, SideBySide.all(lookUps));
    }

    private static JsonNode queries(ObjectNode body) {
        return body.path("queries");
    }

    /** What queries must leave out, by their positions. */
    Map<Integer, PinnedCall> calls() {
        Map<Integer, PinnedCall> calls = new TreeMap<>();
        queries.forEach(query -> calls.put(query.position, query.lookedUp.call()));
        return calls;
    }

    /** The documents that the client may see, by the positions of queries. */
    Map<Integer, PinnedHits> show(AnswerBudget.Share share) {
        List<PinnedReads.Shown> all =
                SideBySide.all(
                        queries.stream()
                                .<Supplier<PinnedReads.Shown>>map(
                                        query ->
                                                () ->
                                                        reads.show(
                                                                query.index,
                                                                query.body,
                                                                query.lookedUp.call(),
                                                                share))
                                .toList());
        Map<Integer, PinnedHits> hits = new TreeMap<>();
        for (int i = 0; i < all.size(); i++) {
            PinnedReads.Shown shown = all.get(i);
            hits.put(queries.get(i).position, shown.hits());
            coverages.add(shown.found());
            coverages.add(shown.marked());
        }
        return hits;
    }

    /** A reading for which all of this was asked too. */
    Reading and(Reading reading) {
        Reading all = reading;
        for (Coverage coverage : coverages) {
            all = all.and(coverage);
        }
        return all;
    }
}
