package io.miroir.embedded.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Reads vectors document after document, in ascending order. For one thread. */
public final class VectorReader {
    private final Snapshot snapshot;
    private final String field;
    private @Nullable LeafReaderContext leaf;
    private @Nullable BinaryDocValues values;

    /** A reader of the vectors of an embedder. */
    public VectorReader(Snapshot snapshot, String embedder) {
        this.snapshot = snapshot;
        this.field = Keys.vectors(embedder);
    }

    private @Nullable ByteBuffer bytes(int doc) {
        try {
            if (leaf == null
                    || doc < leaf.docBase
                    || doc >= leaf.docBase + leaf.reader().maxDoc()) {
                leaf = snapshot.leafOf(doc);
                values = leaf.reader().getBinaryDocValues(field);
            }
            if (values == null || !values.advanceExact(doc - leaf.docBase)) {
                return null;
            }
            BytesRef bytes = values.binaryValue();
            return ByteBuffer.wrap(bytes.bytes, bytes.offset, bytes.length)
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * How near the nearest vector of a document is, 0 to 1; NaN for a document without vectors.
     *
     * @param target its length is that of the embedder's vectors
     */
    public float similarity(int doc, float[] target) {
        ByteBuffer bytes = bytes(doc);
        float best = Float.NaN;
        while (bytes != null && bytes.remaining() >= target.length * Float.BYTES) {
            float dot = 0;
            float own = 0;
            float other = 0;
            for (float wanted : target) {
                float value = bytes.getFloat();
                dot += value * wanted;
                own += value * value;
                other += wanted * wanted;
            }
            float norms = (float) (Math.sqrt(own) * Math.sqrt(other));
            float cosine = norms > 0 ? dot / norms : 1;
            float similarity = 1 - (1 - cosine) / 2;
            best = Float.isNaN(best) ? similarity : Math.max(best, similarity);
        }
        return best;
    }

    /** The first vector of a document; null without any. */
    public float @Nullable [] first(int doc, int dimensions) {
        ByteBuffer bytes = bytes(doc);
        if (bytes == null || dimensions <= 0 || bytes.remaining() < dimensions * Float.BYTES) {
            return null;
        }
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = bytes.getFloat();
        }
        return vector;
    }

    /** How many vectors of some length a document has. */
    public int count(int doc, int dimensions) {
        ByteBuffer bytes = bytes(doc);
        return bytes == null || dimensions <= 0
                ? 0
                : bytes.remaining() / (dimensions * Float.BYTES);
    }
}
