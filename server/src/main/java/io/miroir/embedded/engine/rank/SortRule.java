package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.NumberColumn;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.StringColumn;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * Sorts by the values of a field: numbers, then texts, then documents without a value, whichever
 * the direction. Of several values the first in the direction counts.
 */
final class SortRule implements Rule {
    /** Documents put in order at once: most searches need no more. */
    private static final int CHUNK_MIN = 1_024;

    private final String field;
    private final boolean ascending;
    private final boolean hidden;
    private final NumberColumn numbers;
    private final StringColumn strings;

    SortRule(Snapshot snapshot, String field, boolean ascending) {
        this.field = field;
        this.ascending = ascending;
        this.hidden = !snapshot.settings().isNamedDisplayed(field);
        this.numbers = snapshot.facets().numbers(field);
        this.strings = snapshot.facets().strings(field);
    }

    @Override
    public Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted) {
        return new Buckets(docs, paths, Math.max(CHUNK_MIN, 2 * wanted));
    }

    private long numberKey(int doc) {
        int count = numbers.count(doc);
        double value = numbers.value(doc, ascending ? 0 : count - 1);
        long key = NumericUtils.doubleToSortableLong(value);
        return ascending ? key : ~key;
    }

    private long stringKey(int doc) {
        int count = strings.count(doc);
        int group = strings.group(strings.ordinal(doc, ascending ? 0 : count - 1));
        return ascending ? group : -group;
    }

    /** Orders one kind of documents after the other, each in chunks. */
    private final class Buckets implements Iterator<Bucket> {
        private final List<Path> paths;
        private final int chunk;
        private int[] withNumber;
        private int[] withString;
        private final int[] without;
        private boolean withoutDone;
        private StringColumn.@Nullable Reader reader;

        /** The ordered chunk: keys ascending, with their documents. */
        private long[] keys = new long[0];

        private int[] ordered = new int[0];
        private boolean chunkIsNumbers;
        private int next;

        Buckets(int[] docs, List<Path> paths, int chunk) {
            this.paths = paths;
            this.chunk = chunk;
            int[] byNumber = new int[docs.length];
            int[] byString = new int[docs.length];
            int[] rest = new int[docs.length];
            int n = 0;
            int s = 0;
            int r = 0;
            for (int doc : docs) {
                if (numbers.count(doc) > 0) {
                    byNumber[n++] = doc;
                } else if (strings.count(doc) > 0) {
                    byString[s++] = doc;
                } else {
                    rest[r++] = doc;
                }
            }
            this.withNumber = Arrays.copyOf(byNumber, n);
            this.withString = Arrays.copyOf(byString, s);
            this.without = Arrays.copyOf(rest, r);
            this.withoutDone = r == 0;
        }

        @Override
        public boolean hasNext() {
            return next < ordered.length
                    || withNumber.length > 0
                    || withString.length > 0
                    || !withoutDone;
        }

        @Override
        public Bucket next() {
            if (next >= ordered.length && !fill()) {
                if (withoutDone) {
                    throw new NoSuchElementException();
                }
                withoutDone = true;
                return new Bucket(without, paths, score(null));
            }
            int end = next;
            while (end < ordered.length && keys[end] == keys[next]) {
                end++;
            }
            int[] docs = Arrays.copyOfRange(ordered, next, end);
            Arrays.sort(docs);
            Bucket bucket = new Bucket(docs, paths, score(value(docs[0])));
            next = end;
            return bucket;
        }

        private Object value(int doc) {
            if (chunkIsNumbers) {
                return numbers.value(doc, ascending ? 0 : numbers.count(doc) - 1);
            }
            StringColumn.Reader texts = reader == null ? strings.reader() : reader;
            reader = texts;
            return texts.normalized(strings.ordinal(doc, ascending ? 0 : strings.count(doc) - 1));
        }

        private boolean fill() {
            boolean fromNumbers = withNumber.length > 0;
            int[] docs = fromNumbers ? withNumber : withString;
            if (docs.length == 0) {
                return false;
            }
            chunkIsNumbers = fromNumbers;
            long[] all = new long[docs.length];
            for (int i = 0; i < docs.length; i++) {
                all[i] = fromNumbers ? numberKey(docs[i]) : stringKey(docs[i]);
            }
            long limit = limit(all);
            int[] later = new int[docs.length];
            int laterCount = 0;
            int nowCount = 0;
            for (int i = 0; i < docs.length; i++) {
                if (all[i] <= limit) {
                    docs[nowCount] = docs[i];
                    all[nowCount++] = all[i];
                } else {
                    later[laterCount++] = docs[i];
                }
            }
            order(docs, all, nowCount);
            int[] rest = Arrays.copyOf(later, laterCount);
            if (fromNumbers) {
                withNumber = rest;
            } else {
                withString = rest;
            }
            next = 0;
            return true;
        }

        /** The key up to which documents go into the next chunk. */
        private long limit(long[] all) {
            if (all.length <= chunk) {
                return Long.MAX_VALUE;
            }
            long[] sorted = all.clone();
            Arrays.sort(sorted);
            return sorted[chunk - 1];
        }

        private void order(int[] docs, long[] all, int count) {
            Integer[] order = new Integer[count];
            for (int i = 0; i < count; i++) {
                order[i] = i;
            }
            Arrays.sort(order, (a, b) -> Long.compare(all[a], all[b]));
            keys = new long[count];
            ordered = new int[count];
            for (int i = 0; i < count; i++) {
                keys[i] = all[order[i]];
                ordered[i] = docs[order[i]];
            }
        }

        private Score score(@Nullable Object value) {
            return new Score.Sort(field, ascending, hidden, value);
        }
    }
}
