package io.miroir.fanout.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer to a federated search: one page of its hits, and what is told beside them.
 *
 * @param depthMax behind which nothing is shown
 * @param byWords whether queries are searched by words alone
 */
record FederatedPage(List<FederatedQuery> queries, Paging paging, int depthMax, boolean byWords) {
    /**
     * The whole answer.
     *
     * @param walked the hits up to the end of the page
     * @param formatted whether the hits of a query, by its position, are
     * @param facets as they stand in the answer
     * @param answers of the nodes, which are not used afterwards
     */
    ObjectNode of(
            List<FederatedHits.Hit> walked,
            IntPredicate formatted,
            long total,
            ObjectNode facets,
            List<FederatedCall.NodeAnswer> answers) {
        List<ObjectNode> counts = new ArrayList<>();
        List<ObjectNode> results = new ArrayList<>();
        ObjectNode vectors = JsonNodeFactory.instance.objectNode();
        for (FederatedCall.NodeAnswer node : answers) {
            if (node.purpose().countsOf() != null) {
                counts.add(node.json());
                continue;
            }
            List<Integer> positions = FederatedCall.positions(node.parts());
            for (int i = 0; i < positions.size(); i++) {
                int position = positions.get(i);
                ObjectNode result = (ObjectNode) node.json().path(FederatedCall.RESULTS).path(i);
                results.add(result);
                if (result.has("queryVector")) {
                    long shown = queries.get(position).shownPosition(position);
                    vectors.set(Long.toString(shown), result.get("queryVector"));
                }
            }
        }
        String self = FederatedQuery.self(queries);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        int semantic = writeHits(walked, formatted, self, answer.putArray("hits"));
        if (queries.stream().anyMatch(FederatedQuery::retrievesVectors)) {
            answer.set("queryVectors", vectors);
        }
        answer.put("processingTimeMs", Answers.processingTimeMillis(results));
        paging.writeAnswer(answer, total);
        answer.setAll(facets);
        Answers.copyFirst(results, "requestUid", answer);
        if (byWords || Answers.anyHas(results, "semanticHitCount")) {
            answer.put("semanticHitCount", semantic);
        }
        if (self != null) {
            answer.putObject("remoteErrors");
        }
        results.addAll(counts);
        PerformanceDetails.merge(results, answer);
        return answer;
    }

    /** Shows the hits of the page; gives the number of semantic ones. */
    private int writeHits(
            List<FederatedHits.Hit> walked,
            IntPredicate formatted,
            @Nullable String self,
            ArrayNode page) {
        int semantic = 0;
        int begin = Math.min(paging.begin(depthMax), walked.size());
        for (FederatedHits.Hit hit : walked.subList(begin, walked.size())) {
            semantic += hit.ranked().semantic() ? 1 : 0;
            int position = hit.ranked().query();
            FederatedQuery query = queries.get(position);
            query.view().show(hit.json(), formatted.test(position));
            ObjectNode shown = (ObjectNode) hit.json().path(FederatedCall.HIT_FEDERATION);
            shown.put("queriesPosition", query.shownPosition(position));
            if (self != null) {
                shown.put(FederatedCall.REMOTE, self);
            }
            page.add(hit.json());
        }
        return semantic;
    }
}
