package io.miroir.fanout.answer;

import io.miroir.fanout.answer.FederatedCall.NodeAnswer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many documents a federation finds.
 *
 * @param counted the queries that are counted over their index, by their positions
 */
record FederatedTotal(List<FederatedQuery> queries, Set<Integer> counted) {
    /**
     * Of an index whose documents are known these count; else what nodes counted.
     *
     * @param shown what was left out of queries
     */
    long of(
            List<NodeAnswer> answers,
            Map<Integer, PinnedHits> shown,
            FederatedList list,
            FederatedFacets.Documents found) {
        Set<String> known = found.known().keySet();
        long total = 0;
        for (Map.Entry<Integer, PinnedHits> query : shown.entrySet()) {
            if (!counted.contains(query.getKey())) {
                total += query.getValue().answers().stream().mapToLong(Paging::total).sum();
            }
        }
        for (NodeAnswer node : answers) {
            String countsOf = node.purpose().countsOf();
            if (countsOf == null) {
                total += ofQueries(node, known);
            } else if (!known.contains(countsOf)) {
                total += Paging.total(node.json());
            }
        }
        total -= list.duplicates(uid -> !known.contains(uid));
        total += found.known().values().stream().mapToInt(List::size).sum();
        total -= found.duplicates().values().stream().mapToInt(List::size).sum();
        return Math.max(0, total);
    }

    /** What a node found by queries that are counted by themselves. */
    private long ofQueries(NodeAnswer node, Set<String> known) {
        List<Integer> positions = FederatedCall.positions(node.parts());
        long total = 0;
        for (int i = 0; i < positions.size(); i++) {
            int position = positions.get(i);
            if (!counted.contains(position)
                    && !known.contains(queries.get(position).index().physicalUid())) {
                total += Paging.total(node.json().path(FederatedCall.RESULTS).path(i));
            }
        }
        return total;
    }
}
