package io.miroir.embedded.engine.store;

import java.nio.charset.StandardCharsets;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;

/** Names of Lucene fields, and the terms of the one field that marks documents. */
public final class Keys {
    /** The document's id. */
    static final String ID = "id";

    /** The document's number: the order of insertion. */
    static final String NUMBER = "number";

    /** The document's JSON. */
    static final String SOURCE = "source";

    /** Words of attributes where typos are tolerated. */
    public static final String WORDS = "words";

    /** Words of attributes where they are not. */
    public static final String EXACT_WORDS = "exact";

    /** Marks: see the methods below. */
    static final String MARKS = "marks";

    static final String LATITUDE = "latitude";
    static final String LONGITUDE = "longitude";

    /** Longest facet value that is compared, in bytes; longer ones are cut. */
    static final int FACET_BYTES_MAX = 468;

    private Keys() {}

    static String strings(String path) {
        return "s/" + path;
    }

    static String numbers(String path) {
        return "n/" + path;
    }

    static String vectors(String embedder) {
        return "v/" + embedder;
    }

    /** Marks documents that have a path, whatever its value. */
    public static BytesRef exists(String path) {
        return mark('E', path);
    }

    /** Marks documents where a path is null. */
    public static BytesRef isNull(String path) {
        return mark('N', path);
    }

    /** Marks documents where a path is an empty string, array or object. */
    public static BytesRef isEmpty(String path) {
        return mark('Z', path);
    }

    /** Marks documents with a string at a path. */
    public static BytesRef string(String path, String normalized) {
        return mark('S', path + '\0' + cut(normalized));
    }

    /** Marks documents with a number at a path. */
    public static BytesRef number(String path, double number) {
        byte[] head = ("D" + path + '\0').getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[head.length + Long.BYTES];
        System.arraycopy(head, 0, bytes, 0, head.length);
        NumericUtils.longToSortableBytes(sortable(number), bytes, head.length);
        return new BytesRef(bytes);
    }

    /** Marks documents whose attribute has so many words. */
    public static BytesRef wordCount(int pathId, int count) {
        return mark('C', pathId + "\0" + count);
    }

    /** Marks documents that have a field at their top. */
    static BytesRef topField(String name) {
        return mark('T', name);
    }

    /** Marks documents with vectors of an embedder. */
    public static BytesRef hasVectors(String embedder) {
        return mark('V', embedder);
    }

    private static BytesRef mark(char kind, String rest) {
        return new BytesRef(kind + rest);
    }

    /** A number as a long that sorts alike; both zeros are one number. */
    static long sortable(double number) {
        return NumericUtils.doubleToSortableLong(number == 0 ? 0.0 : number);
    }

    /** The start of a text that fits into the longest facet value. */
    public static String cut(String text) {
        return cut(text, FACET_BYTES_MAX);
    }

    static String cut(String text, int bytesMax) {
        if (text.length() * 3 <= bytesMax) {
            return text;
        }
        int bytes = 0;
        int i = 0;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (bytes > bytesMax) {
                return text.substring(0, i);
            }
            i += Character.charCount(codePoint);
        }
        return text;
    }
}
