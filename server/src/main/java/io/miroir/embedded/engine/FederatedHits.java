package io.miroir.embedded.engine;

import io.miroir.api.search.MultiSearchRequest;
import io.miroir.embedded.engine.rank.Ranked;
import io.miroir.embedded.engine.rank.Scores;
import io.miroir.embedded.engine.show.HitMaker;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Makes the hits of one query of a federated search. */
final class FederatedHits {
    private final IndexSearch search;
    private final String indexUid;
    private final FederatedSearch.Placed placed;
    private final FederatedDistinct distinct;

    FederatedHits(
            IndexSearch search,
            String indexUid,
            FederatedSearch.Placed placed,
            FederatedDistinct distinct) {
        this.search = search;
        this.indexUid = indexUid;
        this.placed = placed;
        this.distinct = distinct;
    }

    List<FederatedSearch.Candidate> make(Found found, Snapshot snapshot) {
        MultiSearchRequest.FederationOptions options = placed.query().options();
        double weight = options == null ? 1 : options.weight();
        HitMaker maker = search.hitMaker(found.matched());
        List<FederatedSearch.Candidate> made = new ArrayList<>();
        for (Found.Hit hit : found.hits()) {
            Ranked ranked = hit.ranked();
            double global = Scores.global(ranked.scores()) * weight;
            ObjectNode json = maker.make(ranked);
            json.putObject("_federation")
                    .put("indexUid", indexUid)
                    .put("queriesPosition", placed.shownPosition())
                    .put("weightedRankingScore", global);
            made.add(
                    new FederatedSearch.Candidate(
                            new WeightedOrder.Weighed(
                                    Scores.values(ranked.scores()), global, weight),
                            placed.position(),
                            hit.byVector(),
                            ranked.doc(),
                            distinct.values(snapshot, ranked.doc()),
                            json));
        }
        return made;
    }
}
