package io.miroir.embedded.engine.rank;

import org.apache.lucene.util.FixedBitSet;

/** Sets of documents in their two forms. */
final class Docs {
    private Docs() {}

    static FixedBitSet set(int[] docs, int maxDoc) {
        FixedBitSet set = new FixedBitSet(Math.max(1, maxDoc));
        for (int doc : docs) {
            set.set(doc);
        }
        return set;
    }

    static int[] array(FixedBitSet set) {
        int[] docs = new int[set.cardinality()];
        int doc = -1;
        for (int i = 0; i < docs.length; i++) {
            doc = set.nextSetBit(doc + 1);
            docs[i] = doc;
        }
        return docs;
    }
}
