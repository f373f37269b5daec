package io.miroir.embedded.engine.rank;

import java.util.Iterator;
import java.util.List;

/** A ranking rule: parts documents into buckets, best first. */
interface Rule {
    /**
     * The buckets of some documents; together they are those documents.
     *
     * @param docs ascending
     * @param paths readings of the query by which they were found; empty without a query
     * @param wanted how many documents are wanted; a rule may use it to put off work
     */
    Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted);
}
