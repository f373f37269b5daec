package io.miroir.embedded.engine.rank;

import java.util.ArrayList;
import java.util.List;

/**
 * All ways to read a query: each term alone, or two or three neighbours written as one word. A
 * reading is a path: nodes that follow each other and together stand for all terms.
 */
final class QueryGraph {
    private static final int JOINED_MAX = 3;

    /** By index of the first term: the nodes that begin there, shortest first. */
    private final List<List<Node>> byFirst = new ArrayList<>();

    private final List<QueryTerm> allTerms = new ArrayList<>();

    QueryGraph(Lookup lookup, List<QueryTerm> terms) {
        allTerms.addAll(terms);
        terms.forEach(_ -> byFirst.add(new ArrayList<>()));
        for (int last = 0; last < terms.size(); last++) {
            byFirst.get(last).add(new Node(terms.get(last), last, last, QueryTerm.Subset.ALL));
            for (int length = 2; length <= Math.min(JOINED_MAX, last + 1); length++) {
                int first = last - length + 1;
                QueryTerm joined = Query.joined(lookup, terms.subList(first, last + 1));
                if (joined != null) {
                    allTerms.add(joined);
                    byFirst.get(first).add(new Node(joined, first, last, QueryTerm.Subset.ALL));
                }
            }
        }
    }

    /** Number of terms of the query. */
    int size() {
        return byFirst.size();
    }

    /** The nodes that begin at a term. */
    List<Node> from(int term) {
        return byFirst.get(term);
    }

    /** Every term, joined ones after the others. */
    List<QueryTerm> allTerms() {
        return allTerms;
    }

    /** Every node. */
    List<Node> nodes() {
        return byFirst.stream().flatMap(List::stream).toList();
    }
}
