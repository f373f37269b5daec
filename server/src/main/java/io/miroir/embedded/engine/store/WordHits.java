package io.miroir.embedded.engine.store;

import java.util.Arrays;

/**
 * Documents that hold a word (or one of several words), and where they hold it.
 *
 * @param docs ascending
 * @param from where the places of each document begin; one longer than {@code docs}
 * @param places number of the path in the upper half, position in the lower; ascending per word
 */
@SuppressWarnings("ArrayRecordComponent") // A column of numbers; never compared.
public record WordHits(int[] docs, int[] from, int[] places) {
    /** No document. */
    public static final WordHits NONE = new WordHits(new int[0], new int[1], new int[0]);

    /** Number of documents. */
    public int size() {
        return docs.length;
    }

    /** Index of a document; negative if it is not there. */
    public int indexOf(int doc) {
        return Arrays.binarySearch(docs, doc);
    }

    /** Bytes in memory, roughly. */
    long bytes() {
        return 64L + 4L * (docs.length + from.length + places.length);
    }

    /** Collects hits document by document. */
    static final class Builder {
        private int[] docs = new int[16];
        private int[] from = new int[17];
        private int[] places = new int[16];
        private int size;
        private int placesSize;

        void doc(int doc) {
            if (size == docs.length) {
                docs = Arrays.copyOf(docs, size * 2);
                from = Arrays.copyOf(from, size * 2 + 1);
            }
            docs[size] = doc;
            from[size] = placesSize;
            size++;
        }

        void place(int place) {
            if (placesSize == places.length) {
                places = Arrays.copyOf(places, placesSize * 2);
            }
            places[placesSize++] = place;
        }

        /** Forgets the last document if it has no place. */
        void dropIfEmpty() {
            if (from[size - 1] == placesSize) {
                size--;
            }
        }

        WordHits build() {
            if (size == 0) {
                return NONE;
            }
            from[size] = placesSize;
            return new WordHits(
                    Arrays.copyOf(docs, size),
                    Arrays.copyOf(from, size + 1),
                    Arrays.copyOf(places, placesSize));
        }
    }
}
