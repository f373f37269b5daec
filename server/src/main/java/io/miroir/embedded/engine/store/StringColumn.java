package io.miroir.embedded.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.OrdinalMap;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.packed.PackedInts;
import org.jspecify.annotations.Nullable;

/**
 * The texts at a path. Values are known by ordinals: a smaller one is a smaller normalized text.
 * Spellings of one normalized text have ordinals side by side and share a group.
 */
public final class StringColumn {
    private final Snapshot snapshot;
    private final String field;
    private final @Nullable OrdinalMap map;
    private final int[] from;
    private final int[] ordinals;

    /** By ordinal: the first ordinal with the same normalized text. */
    private final int[] groups;

    private StringColumn(
            Snapshot snapshot, String field, @Nullable OrdinalMap map, int[] from, int[] ordinals) {
        this.snapshot = snapshot;
        this.field = field;
        this.map = map;
        this.from = from;
        this.ordinals = ordinals;
        this.groups = groups();
    }

    static StringColumn read(Snapshot snapshot, String path) {
        String field = Keys.strings(path);
        try {
            List<LeafReaderContext> leaves = snapshot.leaves();
            SortedSetDocValues[] columns = new SortedSetDocValues[leaves.size()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = DocValues.getSortedSet(leaves.get(i).reader(), field);
            }
            OrdinalMap map =
                    columns.length == 1
                            ? null
                            : OrdinalMap.build(null, columns, PackedInts.DEFAULT);
            int[] from = new int[snapshot.maxDoc() + 1];
            int[] ordinals = new int[16];
            int size = 0;
            int filled = 0;
            for (int i = 0; i < columns.length; i++) {
                LongValues global = map == null ? LongValues.IDENTITY : map.getGlobalOrds(i);
                int doc;
                while ((doc = columns[i].nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
                    int globalDoc = leaves.get(i).docBase + doc;
                    Arrays.fill(from, filled, globalDoc + 1, size);
                    filled = globalDoc + 1;
                    for (int v = 0; v < columns[i].docValueCount(); v++) {
                        if (size == ordinals.length) {
                            ordinals = Arrays.copyOf(ordinals, size * 2);
                        }
                        ordinals[size++] = (int) global.get(columns[i].nextOrd());
                    }
                }
            }
            Arrays.fill(from, filled, from.length, size);
            return new StringColumn(snapshot, field, map, from, Arrays.copyOf(ordinals, size));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private int[] groups() {
        Reader reader = reader();
        int[] groups = new int[reader.count()];
        BytesRef last = new BytesRef();
        for (int ordinal = 0; ordinal < groups.length; ordinal++) {
            BytesRef value = reader.bytes(ordinal);
            int length = separator(value);
            BytesRef normalized = new BytesRef(value.bytes, value.offset, length);
            boolean same = ordinal > 0 && normalized.bytesEquals(last);
            groups[ordinal] = same ? groups[ordinal - 1] : ordinal;
            if (!same) {
                last = BytesRef.deepCopyOf(normalized);
            }
        }
        return groups;
    }

    private static int separator(BytesRef value) {
        int i = 0;
        while (i < value.length && value.bytes[value.offset + i] != 0) {
            i++;
        }
        return i;
    }

    /** Number of ordinals. */
    public int size() {
        return groups.length;
    }

    /** Whether no document has a text. */
    public boolean isEmpty() {
        return ordinals.length == 0;
    }

    /** How many texts a document has. */
    public int count(int doc) {
        return from[doc + 1] - from[doc];
    }

    /** One of a document's texts, ascending. */
    public int ordinal(int doc, int index) {
        return ordinals[from[doc] + index];
    }

    /** The group of a value: equal for equal normalized texts, ordered as they are. */
    public int group(int ordinal) {
        return groups[ordinal];
    }

    /** Adds the live documents with a value whose group is wanted to a set. */
    public void where(IntPredicate group, FixedBitSet docs) {
        for (int doc = 0; doc < from.length - 1; doc++) {
            for (int i = from[doc]; i < from[doc + 1]; i++) {
                if (group.test(groups[ordinals[i]])) {
                    if (snapshot.live().get(doc)) {
                        docs.set(doc);
                    }
                    break;
                }
            }
        }
    }

    /**
     * The first ordinal whose normalized text is not smaller than {@code text}; the number of
     * ordinals if there is none.
     */
    public int ceiling(String text) {
        Reader reader = reader();
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        int low = 0;
        int high = groups.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            BytesRef value = reader.bytes(middle);
            int compared =
                    Arrays.compareUnsigned(
                            value.bytes,
                            value.offset,
                            value.offset + separator(value),
                            wanted,
                            0,
                            wanted.length);
            if (compared < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** A reader of values; for one thread. */
    public Reader reader() {
        return new Reader();
    }

    /** Reads values by their ordinals. */
    public final class Reader {
        private final SortedSetDocValues[] columns;

        Reader() {
            try {
                List<LeafReaderContext> leaves = snapshot.leaves();
                columns = new SortedSetDocValues[leaves.size()];
                for (int i = 0; i < columns.length; i++) {
                    columns[i] = DocValues.getSortedSet(leaves.get(i).reader(), field);
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        int count() {
            if (map != null) {
                return (int) map.getValueCount();
            }
            return columns.length == 0 ? 0 : (int) columns[0].getValueCount();
        }

        BytesRef bytes(int ordinal) {
            try {
                if (map == null) {
                    return columns[0].lookupOrd(ordinal);
                }
                return columns[map.getFirstSegmentNumber(ordinal)].lookupOrd(
                        map.getFirstSegmentOrd(ordinal));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        /** The normalized text. */
        public String normalized(int ordinal) {
            BytesRef value = bytes(ordinal);
            return new String(value.bytes, value.offset, separator(value), StandardCharsets.UTF_8);
        }

        /** The text as it was written. */
        public String original(int ordinal) {
            BytesRef value = bytes(ordinal);
            int start = separator(value) + 1;
            return new String(
                    value.bytes,
                    value.offset + start,
                    value.length - start,
                    StandardCharsets.UTF_8);
        }
    }
}
