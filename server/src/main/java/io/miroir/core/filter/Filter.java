package io.miroir.core.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed filter. Words keep their place in the client's text, so that what is found wrong later
 * (a field that is not filterable, a latitude out of range) can still be pointed at.
 */
public sealed interface Filter {

    /** How a field is compared with one value. */
    enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        /** As the grammar writes it. */
        public String sign() {
            return sign;
        }
    }

    /** All hold; two or more parts. */
    record And(List<Filter> parts) implements Filter {
        public And {
            parts = List.copyOf(parts);
        }
    }

    /** One holds at least; two or more parts. */
    record Or(List<Filter> parts) implements Filter {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    /** The part does not hold. */
    record Not(Filter part) implements Filter {}

    /** {@code field = value} and its relatives. */
    record Compare(Word field, Operator operator, Word value) implements Filter {}

    /** {@code field from TO to}, both ends included. */
    record Between(Word field, Word from, Word to) implements Filter {}

    /** {@code field IN [a, b]}. */
    record In(Word field, List<Word> values) implements Filter {
        public In {
            values = List.copyOf(values);
        }
    }

    /** {@code field EXISTS}: also when it is null or empty. */
    record Exists(Word field) implements Filter {}

    /** {@code field IS NULL}. */
    record IsNull(Word field) implements Filter {}

    /** {@code field IS EMPTY}: an empty string, array or object. */
    record IsEmpty(Word field) implements Filter {}

    /** {@code field CONTAINS text}; {@code keyword} is the word CONTAINS itself. */
    record Contains(Word field, Word keyword, Word text) implements Filter {}

    /** {@code field STARTS WITH prefix}. */
    record StartsWith(Word field, Word prefix) implements Filter {}

    /** {@code _geoRadius(latitude, longitude, meters, resolution?)}. */
    record GeoRadius(Word latitude, Word longitude, Word meters, @Nullable Word resolution)
            implements Filter {}

    /** {@code _geoBoundingBox([top, right], [bottom, left])}. */
    record GeoBoundingBox(Word top, Word right, Word bottom, Word left) implements Filter {}

    /** {@code _geoPolygon([lat, lng], …)}; three or more points. */
    record GeoPolygon(List<Point> points) implements Filter {
        public GeoPolygon {
            points = List.copyOf(points);
        }
    }

    /** A corner of a polygon. */
    record Point(Word latitude, Word longitude) {}

    /** {@code _vectors[.embedder[.part]] EXISTS}; {@code keyword} is the word _vectors itself. */
    record VectorExists(
            Word keyword, @Nullable Word embedder, VectorPart part, @Nullable Word fragment)
            implements Filter {}

    /**
     * {@code _foreign(field, filter)}: the document whose key the field has, in another index,
     * matches the filter.
     */
    record Foreign(Word field, Filter filter) implements Filter {}

    /** Which vectors of an embedder are meant. */
    enum VectorPart {
        ANY(""),
        FRAGMENT(".fragments"),
        DOCUMENT_TEMPLATE(".documentTemplate"),
        USER_PROVIDED(".userProvided"),
        REGENERATE(".regenerate");

        private final String suffix;

        VectorPart(String suffix) {
            this.suffix = suffix;
        }

        /** What follows the embedder's name. */
        public String suffix() {
            return suffix;
        }
    }
}
