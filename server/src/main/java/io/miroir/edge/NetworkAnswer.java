package io.miroir.edge;

import io.miroir.cluster.StoredNetwork.Reach;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer to a query that asks all instances of the network, where this one is alone: that of
 * the query without it, and what tells whom it came from.
 *
 * @param reach whom the query asks
 * @param scored whether the client asks for the scores of hits
 */
record NetworkAnswer(Reach reach, boolean scored) {
    private static final String USE_NETWORK = "useNetwork";
    private static final String SCORED = "showRankingScore";
    private static final String SCORE = "_rankingScore";

    /** What only an instance that is asked can tell. */
    private static final List<String> TOLD =
            List.of("facetDistribution", "facetStats", "semanticHitCount");

    private static final List<String> TOTALS =
            List.of("estimatedTotalHits", "totalHits", "totalPages", "total");

    /** Prepares a query of a search, which is then asked as one of this instance. */
    static NetworkAnswer of(Reach reach, ObjectNode query) {
        boolean scored = query.path(SCORED).asBoolean(false);
        hide(reach, query);
        if (reach instanceof Reach.Self) {
            query.put(SCORED, true);
        }
        return new NetworkAnswer(reach, scored);
    }

    /** A node knows of no network: asked for all of it, it would find nothing. */
    static void hide(Reach reach, ObjectNode query) {
        if (!(reach instanceof Reach.Here)) {
            query.remove(USE_NETWORK);
        }
    }

    /** Changes the answer of a search. */
    void show(String indexUid, ObjectNode answer) {
        switch (reach) {
            case Reach.Here _ -> {}
            case Reach.Self self -> {
                for (JsonNode hit : answer.path("hits")) {
                    show(indexUid, self.name(), (ObjectNode) hit);
                }
                if (answer.get(QueryMetadata.FIELD) instanceof ObjectNode metadata) {
                    metadata.put("remote", self.name());
                }
                answer.putObject("remoteErrors");
            }
            case Reach.Nobody _ -> {
                answer.putArray("hits");
                if (answer.get(QueryMetadata.FIELD) instanceof ObjectNode metadata) {
                    // Nobody has looked at the index.
                    metadata.remove(QueryMetadata.KEY);
                }
                empty(answer);
            }
        }
    }

    private void show(String indexUid, String self, ObjectNode hit) {
        JsonNode score = scored ? hit.path(SCORE) : hit.remove(SCORE);
        ObjectNode federation = hit.putObject("_federation");
        federation.put("indexUid", indexUid).put("queriesPosition", 0);
        federation.set("weightedRankingScore", score);
        federation.put("remote", self);
    }

    /** Changes the answer of a search for values of facets. */
    static void showFacets(Reach reach, ObjectNode answer) {
        if (reach instanceof Reach.Here) {
            return;
        }
        if (reach instanceof Reach.Nobody) {
            answer.putArray("facetHits");
        }
        answer.putObject("remoteErrors");
    }

    /** Changes a page of documents. */
    static void showDocuments(Reach reach, ObjectNode answer) {
        if (reach instanceof Reach.Nobody) {
            answer.putArray("results");
            empty(answer);
        }
    }

    private static void empty(ObjectNode answer) {
        TOTALS.stream().filter(answer::has).forEach(total -> answer.put(total, 0));
        answer.remove(TOLD);
    }
}
