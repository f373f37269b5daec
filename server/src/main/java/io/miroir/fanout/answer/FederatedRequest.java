package io.miroir.fanout.answer;

import io.miroir.fanout.answer.FederatedCall.Part;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What nodes are asked for a federation.
 *
 * @param distinct the attribute of which the whole federation shows each value once
 * @param narrowed the queries that leave out documents that match, by their positions
 * @param open those of which everything is counted all the same, however bad
 * @param depthMax how deep the deepest of its indexes is searched
 * @param pinned what queries leave out, by their positions
 */
record FederatedRequest(
        ObjectNode federation,
        List<FederatedQuery> queries,
        @Nullable String distinct,
        Set<Integer> narrowed,
        Set<Integer> open,
        int depthMax,
        Map<Integer, PinnedCall> pinned) {
    /**
     * What a node is asked.
     *
     * @param parts for each query
     * @param counts whether for counts of the whole, and not for the hits of each query
     */
    ObjectNode of(List<Part> parts, boolean counts) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        if (counts) {
            ObjectNode nodeFederation = request.putObject(FederatedCall.FEDERATION);
            nodeFederation.setAll(federation);
            nodeFederation.remove(List.of("personalize", FederatedCall.MERGE));
            Paging.of(federation)
                    .writeNodeRequest(nodeFederation, dependsOnDepth(parts) ? depthMax : 0);
            writeFacetsRequest(nodeFederation, parts);
        }
        ArrayNode nodeQueries = request.putArray("queries");
        for (int i = 0; i < queries.size(); i++) {
            if (parts.get(i).asked()) {
                FederatedQuery query = queries.get(i);
                ObjectNode asked =
                        counts
                                ? query.forCounts(
                                        wantAll(query.index()),
                                        narrowed.contains(i) && isAlone(query.index()))
                                : forHits(query);
                if (counts && open.contains(i)) {
                    asked.remove("rankingScoreThreshold");
                }
                NodeFilter.restrict(asked, parts.get(i).only());
                nodeQueries.add(asked);
            }
        }
        if (counts) {
            addPinned(parts, nodeQueries);
        }
        return request;
    }

    /** Whether there are queries of words in an index, and all of them want all words. */
    private boolean wantAll(IndexProfile index) {
        List<FederatedQuery> ofWords =
                queries.stream()
                        .filter(query -> query.index().physicalUid().equals(index.physicalUid()))
                        .filter(FederatedQuery::isOfWords)
                        .toList();
        return !ofWords.isEmpty() && ofWords.stream().allMatch(FederatedQuery::wantsAll);
    }

    /** Behind the client's queries, whose positions nodes tell. */
    private void addPinned(List<Part> parts, ArrayNode nodeQueries) {
        pinned.forEach(
                (position, apart) -> {
                    if (parts.get(position).asked()) {
                        FederatedQuery query = queries.get(position);
                        ObjectNode asked = query.forCountsOf(apart, wantAll(query.index()));
                        NodeFilter.restrict(asked, parts.get(position).only());
                        nodeQueries.add(asked);
                    }
                });
    }

    private boolean isAlone(IndexProfile index) {
        return queries.stream()
                        .filter(query -> query.index().physicalUid().equals(index.physicalUid()))
                        .count()
                == 1;
    }

    /**
     * Counts of a hybrid query are those of its words alone where no hits are wanted, and what is
     * left out as too bad or as a duplicate was met before it was left out.
     */
    private boolean dependsOnDepth(List<Part> parts) {
        return FederatedCall.positions(parts).stream()
                .anyMatch(
                        query ->
                                (narrowed.contains(query) && !open.contains(query))
                                        || queries.get(query).isHybrid());
    }

    private ObjectNode forHits(FederatedQuery query) {
        ObjectNode asked = query.forHits(Paging.of(federation), distinct);
        JsonNode details = federation.get(PerformanceDetails.ASKED);
        if (details != null) {
            asked.set(PerformanceDetails.ASKED, details);
        }
        return asked;
    }

    private void writeFacetsRequest(ObjectNode nodeFederation, List<Part> parts) {
        nodeFederation.remove(FederatedCall.FACETS);
        if (federation.path(FederatedCall.FACETS) instanceof ObjectNode byIndex) {
            ObjectNode physical = nodeFederation.putObject(FederatedCall.FACETS);
            for (int i = 0; i < queries.size(); i++) {
                IndexProfile index = queries.get(i).index();
                JsonNode patterns = byIndex.get(index.uid());
                if (parts.get(i).asked() && patterns != null) {
                    physical.set(index.physicalUid(), patterns);
                }
            }
        }
    }
}
