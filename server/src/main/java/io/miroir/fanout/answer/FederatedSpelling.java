package io.miroir.fanout.answer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values of the facets of one index of a federation that nodes spell differently: each query of the
 * index finds some of the documents, and the first one of all says how a value is spelled.
 *
 * @param distributions what nodes counted of the index
 * @param queries what to ask, by the positions of the queries
 */
public record FederatedSpelling(
        List<ObjectNode> distributions, Map<Integer, FacetSpelling> queries) {

    /**
     * Of an index.
     *
     * @param physicalUid the index by the nodes' name
     * @return empty if nothing is spelled differently, or too much
     */
    static Optional<FederatedSpelling> of(
            String physicalUid,
            List<FederatedQuery> queries,
            List<FederatedCall.NodeAnswer> answers) {
        List<ObjectNode> distributions = new ArrayList<>();
        for (FederatedCall.NodeAnswer node : answers) {
            if (physicalUid.equals(node.purpose().countsOf())
                    && node.json()
                                    .path(FederatedCall.FACETS)
                                    .path(physicalUid)
                                    .get(FederatedFacets.DISTRIBUTION)
                            instanceof ObjectNode counted) {
                distributions.add(counted);
            }
        }
        Map<Integer, FacetSpelling> spellings = new LinkedHashMap<>();
        for (int i = 0; i < queries.size(); i++) {
            FederatedQuery query = queries.get(i);
            if (query.index().physicalUid().equals(physicalUid)) {
                FacetSpelling spelling =
                        FacetSpelling.of(query.client(), query.index(), null, distributions)
                                .orElse(null);
                if (spelling == null) {
                    return Optional.empty();
                }
                spellings.put(i, spelling);
            }
        }
        return spellings.isEmpty()
                ? Optional.empty()
                : Optional.of(new FederatedSpelling(distributions, spellings));
    }

    /**
     * Spells the values as the first of the documents has them.
     *
     * @param found the answers to all that is to be asked
     */
    public void settle(List<ObjectNode> found) {
        queries.values().stream().findFirst().ifPresent(one -> one.settle(found, distributions));
    }
}
