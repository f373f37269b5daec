package io.miroir.embedded.engine.store;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Looks terms up in one segment. */
final class Terms {
    private Terms() {}

    /** The postings of a term; null if the segment does not have it. */
    static @Nullable PostingsEnum postings(
            LeafReaderContext leaf, String field, BytesRef term, int flags) throws IOException {
        org.apache.lucene.index.Terms terms = leaf.reader().terms(field);
        if (terms == null) {
            return null;
        }
        TermsEnum found = terms.iterator();
        return found.seekExact(term) ? found.postings(null, flags) : null;
    }
}
