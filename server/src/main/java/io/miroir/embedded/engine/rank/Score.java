package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.GeoField;
import org.jspecify.annotations.Nullable;

/** What one ranking rule says of a document. */
public sealed interface Score {

    /**
     * A place among possible places.
     *
     * @param rank 1 is worst
     * @param max the best
     */
    record Rank(long rank, long max) {
        double score() {
            return (double) rank / max;
        }

        /** Places within places: {@code inner} decides where {@code outer} is equal. */
        static Rank merge(Rank outer, Rank inner) {
            return new Rank(
                    Math.max(0, outer.rank - 1) * inner.max + inner.rank, outer.max * inner.max);
        }
    }

    /** Query words found. */
    record Words(long matching, long max) implements Score {}

    /** Typos made. */
    record Typo(long count, long max) implements Score {}

    /** Nearness of the words to each other. */
    record Proximity(Rank rank) implements Score {}

    /** Importance of the attributes that hold the words. */
    record AttributeRank(Rank rank) implements Score {}

    /** Nearness of the words to the start of their attribute. */
    record WordPosition(Rank rank) implements Score {}

    /** How an attribute as a whole compares with the query. */
    enum Exact implements Score {
        NO_EXACT_MATCH("noExactMatch", 1),
        MATCHES_START("matchesStart", 2),
        EXACT_MATCH("exactMatch", 3);

        private final String word;
        private final int place;

        Exact(String word, int place) {
            this.word = word;
            this.place = place;
        }

        String word() {
            return word;
        }

        Rank rank() {
            return new Rank(place, EXACT_MATCH.place);
        }
    }

    /** Query words found as they are written. */
    record ExactWords(long matching, long max) implements Score {}

    /**
     * A value that is sorted by.
     *
     * @param hidden whether clients may not see it
     * @param value a {@link Double}, a {@link String} or null
     */
    record Sort(String field, boolean ascending, boolean hidden, @Nullable Object value)
            implements Score {}

    /** A place that is sorted by distance from another. */
    record GeoSort(double latitude, double longitude, boolean ascending, @Nullable GeoField value)
            implements Score {
        /** Meters; null without a place. */
        public @Nullable Double distance() {
            return value == null
                    ? null
                    : Earth.meters(latitude, longitude, value.latitude(), value.longitude());
        }
    }

    /** Nearness of vectors, 0 to 1; null for a document without any. */
    record Vector(@Nullable Float similarity) implements Score {}

    /** Its place among places; null if it is none. */
    default @Nullable Rank asRank() {
        return switch (this) {
            case Words words -> new Rank(words.matching, words.max);
            case Typo typo -> new Rank(Math.max(0, typo.max + 1 - typo.count), typo.max + 1);
            case Proximity proximity -> proximity.rank;
            case AttributeRank attribute -> attribute.rank;
            case WordPosition position -> position.rank;
            case Exact exact -> exact.rank();
            case ExactWords words -> new Rank(words.matching + 1, words.max + 1);
            case Sort _, GeoSort _, Vector _ -> null;
        };
    }
}
