package io.miroir.embedded.engine.rank;

/**
 * A term at its place among the terms of a query.
 *
 * @param firstTerm index of the first query term it stands for
 * @param lastTerm index of the last
 * @param subset the derivations that count
 */
record Node(QueryTerm term, int firstTerm, int lastTerm, QueryTerm.Subset subset) {

    /** Number of query terms it stands for. */
    int size() {
        return lastTerm - firstTerm + 1;
    }

    Node with(QueryTerm.Subset other) {
        return new Node(term, firstTerm, lastTerm, other);
    }

    TermHits hits() {
        return term.hits(subset);
    }

    boolean isPhrase() {
        return term.origin().phrase() != null;
    }
}
