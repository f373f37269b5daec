package io.miroir.embedded.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.NumericUtils;

/** The numbers at a path. */
public final class NumberColumn {
    private final int[] from;
    private final double[] values;

    private NumberColumn(int[] from, double[] values) {
        this.from = from;
        this.values = values;
    }

    static NumberColumn read(Snapshot snapshot, String path) {
        int[] from = new int[snapshot.maxDoc() + 1];
        double[] values = new double[16];
        int size = 0;
        try {
            int filled = 0;
            for (LeafReaderContext leaf : snapshot.leaves()) {
                SortedNumericDocValues column =
                        leaf.reader().getSortedNumericDocValues(Keys.numbers(path));
                if (column == null) {
                    continue;
                }
                int doc;
                while ((doc = column.nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
                    int global = leaf.docBase + doc;
                    Arrays.fill(from, filled, global + 1, size);
                    filled = global + 1;
                    for (int i = 0; i < column.docValueCount(); i++) {
                        if (size == values.length) {
                            values = Arrays.copyOf(values, size * 2);
                        }
                        values[size++] = NumericUtils.sortableLongToDouble(column.nextValue());
                    }
                }
            }
            Arrays.fill(from, filled, from.length, size);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return new NumberColumn(from, Arrays.copyOf(values, size));
    }

    /** Whether no document has a number. */
    public boolean isEmpty() {
        return values.length == 0;
    }

    /** How many numbers a document has. */
    public int count(int doc) {
        return from[doc + 1] - from[doc];
    }

    /** One of a document's numbers, ascending. */
    public double value(int doc, int index) {
        return values[from[doc] + index];
    }

    /** Adds the live documents with a number in a range to a set. */
    public void range(
            double least,
            boolean leastIn,
            double most,
            boolean mostIn,
            Snapshot snapshot,
            FixedBitSet docs) {
        for (int doc = 0; doc < from.length - 1; doc++) {
            for (int i = from[doc]; i < from[doc + 1]; i++) {
                double value = values[i];
                boolean above = leastIn ? value >= least : value > least;
                boolean below = mostIn ? value <= most : value < most;
                if (above && below && snapshot.live().get(doc)) {
                    docs.set(doc);
                }
            }
        }
    }
}
