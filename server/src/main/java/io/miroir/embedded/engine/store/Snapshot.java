package io.miroir.embedded.engine.store;

import io.miroir.api.Json;
import io.miroir.embedded.engine.settings.IndexSettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An index as one commit left it. Documents are known by Lucene's numbers here; {@link #numberOf}
 * gives the order of equal hits.
 */
public final class Snapshot implements Closeable {
    private final DirectoryReader reader;
    private final IndexSettings settings;
    private final CommitData data;
    private final FixedBitSet live;
    private final int[] numbers;
    private final WordReader words;
    private final FacetReader facets;

    Snapshot(DirectoryReader reader, IndexSettings settings, CommitData data) throws IOException {
        this.reader = reader;
        this.settings = settings;
        this.data = data;
        this.live = live(reader);
        this.numbers = numbers(reader);
        this.words = new WordReader(this);
        this.facets = new FacetReader(this);
    }

    private static FixedBitSet live(DirectoryReader reader) {
        FixedBitSet live = new FixedBitSet(Math.max(1, reader.maxDoc()));
        Bits bits = MultiBits.getLiveDocs(reader);
        if (bits == null) {
            live.set(0, reader.maxDoc());
        } else {
            for (int doc = 0; doc < reader.maxDoc(); doc++) {
                if (bits.get(doc)) {
                    live.set(doc);
                }
            }
        }
        return live;
    }

    private static int[] numbers(DirectoryReader reader) throws IOException {
        int[] numbers = new int[reader.maxDoc()];
        for (LeafReaderContext leaf : reader.leaves()) {
            NumericDocValues values = leaf.reader().getNumericDocValues(Keys.NUMBER);
            if (values == null) {
                continue;
            }
            int doc;
            while ((doc = values.nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
                numbers[leaf.docBase + doc] = (int) values.longValue();
            }
        }
        return numbers;
    }

    /** Keeps the snapshot open until {@link #close}; false if it is closed already. */
    boolean retain() {
        return reader.tryIncRef();
    }

    @Override
    public void close() {
        try {
            reader.decRef();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    DirectoryReader reader() {
        return reader;
    }

    /** Segments, with the first document of each. */
    List<LeafReaderContext> leaves() {
        return reader.leaves();
    }

    /** One more than the greatest document. */
    public int maxDoc() {
        return reader.maxDoc();
    }

    /** Settings under which the documents are indexed. */
    public IndexSettings settings() {
        return settings;
    }

    /** What was committed with the documents. */
    public CommitData data() {
        return data;
    }

    /** The documents that are not deleted; not to be changed. */
    public FixedBitSet live() {
        return live;
    }

    /** Number of documents. */
    public int size() {
        return reader.numDocs();
    }

    /** The number by which equal hits are ordered: that of the insertion, but used again. */
    public int numberOf(int doc) {
        return numbers[doc];
    }

    /** All documents by their numbers. */
    int[] byNumber() {
        return IntStream.range(0, maxDoc())
                .filter(live::get)
                .mapToLong(doc -> ((long) numbers[doc] << Integer.SIZE) | doc)
                .sorted()
                .mapToInt(both -> (int) both)
                .toArray();
    }

    /** Words and where they stand. */
    public WordReader words() {
        return words;
    }

    /** Values of attributes. */
    public FacetReader facets() {
        return facets;
    }

    /** The document with this id; -1 for none. */
    public int find(String id) {
        try {
            BytesRef term = new BytesRef(id);
            for (LeafReaderContext leaf : reader.leaves()) {
                PostingsEnum postings = Terms.postings(leaf, Keys.ID, term, PostingsEnum.NONE);
                if (postings == null) {
                    continue;
                }
                int doc;
                while ((doc = postings.nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
                    if (live.get(leaf.docBase + doc)) {
                        return leaf.docBase + doc;
                    }
                }
            }
            return -1;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A document as it is stored. */
    public ObjectNode document(int doc) {
        try {
            BytesRef bytes = reader.storedFields().document(doc).getBinaryValue(Keys.SOURCE);
            return (ObjectNode) Json.mapper().readTree(bytes.bytes, bytes.offset, bytes.length);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The documents with a mark. */
    public FixedBitSet marked(BytesRef mark) {
        FixedBitSet docs = new FixedBitSet(Math.max(1, maxDoc()));
        mark(mark, docs);
        return docs;
    }

    /** Adds the documents with a mark to a set. */
    public void mark(BytesRef mark, FixedBitSet docs) {
        try {
            for (LeafReaderContext leaf : reader.leaves()) {
                PostingsEnum postings = Terms.postings(leaf, Keys.MARKS, mark, PostingsEnum.NONE);
                if (postings == null) {
                    continue;
                }
                int doc;
                while ((doc = postings.nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
                    if (live.get(leaf.docBase + doc)) {
                        docs.set(leaf.docBase + doc);
                    }
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The segment that holds a document. */
    LeafReaderContext leafOf(int doc) {
        return reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
    }

    /** The place of a document; null for none. */
    public @Nullable GeoField place(int doc) {
        try {
            LeafReaderContext leaf = leafOf(doc);
            NumericDocValues latitude = leaf.reader().getNumericDocValues(Keys.LATITUDE);
            NumericDocValues longitude = leaf.reader().getNumericDocValues(Keys.LONGITUDE);
            int local = doc - leaf.docBase;
            if (latitude == null
                    || longitude == null
                    || !latitude.advanceExact(local)
                    || !longitude.advanceExact(local)) {
                return null;
            }
            return new GeoField(
                    Double.longBitsToDouble(latitude.longValue()),
                    Double.longBitsToDouble(longitude.longValue()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
