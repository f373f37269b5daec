package io.miroir.core.routing;

import java.nio.charset.StandardCharsets;

/**
 * The reserved fields of a stored document and how their numbers are written: binary of fixed
 * width, {@code -} for 0 and {@code _} for 1. Both are word separators, so that a search under
 * {@code searchableAttributes: ["*"]} never finds them, while {@code =}, {@code IN} and sort work;
 * the order of the texts is the order of the numbers (protocol, rule 13).
 */
public final class Separators {
    /** All of Miroir's own fields begin so; clients can't write them and never see them. */
    public static final String RESERVED_PREFIX = "_miroir_";

    /** The shard of the document. */
    public static final String SHARD_FIELD = "_miroir_shard";

    /** The document's number in its index: who was first, goes first where all else is equal. */
    public static final String SEQ_FIELD = "_miroir_seq";

    /** Characters of a shard. */
    public static final int SHARD_WIDTH = 16;

    /** Characters of a sequence number. */
    public static final int SEQ_WIDTH = 63;

    /** Lowest bits of a sequence number: the document's place in its write. Above: the position. */
    public static final int ORDINAL_BITS = 24;

    private Separators() {}

    /** True for a field name that belongs to Miroir. */
    public static boolean isReserved(String field) {
        return field.startsWith(RESERVED_PREFIX);
    }

    /** A shard, 0 to 65,535, as text of 16 characters. */
    public static String shard(int shard) {
        return encode(shard, SHARD_WIDTH);
    }

    /** A sequence number, 0 to 2^63 - 1, as text of 63 characters. */
    public static String seq(long seq) {
        return encode(seq, SEQ_WIDTH);
    }

    /** The highest sequence number of what was written up to a position of a lane. */
    public static String seqThrough(long position) {
        return seq(((position + 1) << ORDINAL_BITS) - 1);
    }

    /**
     * The number that a text stands for.
     *
     * @throws IllegalArgumentException if the text is empty, longer than 63 characters or has
     *     another character than {@code -} and {@code _}
     */
    public static long decode(String text) {
        if (text.isEmpty() || text.length() > SEQ_WIDTH) {
            throw new IllegalArgumentException("not a number of separators: " + text);
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            value =
                    switch (text.charAt(i)) {
                        case '-' -> value << 1;
                        case '_' -> value << 1 | 1;
                        default ->
                                throw new IllegalArgumentException(
                                        "not a number of separators: " + text);
                    };
        }
        return value;
    }

    /** Writes the same text as bytes: a number that fits {@code width} bits, from {@code at} on. */
    public static void write(long value, int width, byte[] target, int at) {
        if (value < 0 || (width < Long.SIZE - 1 && value >>> width != 0)) {
            throw new IllegalArgumentException(value + " does not fit " + width + " bits");
        }
        for (int i = 0; i < width; i++) {
            target[at + i] = (byte) ((value >>> (width - 1 - i) & 1) == 0 ? '-' : '_');
        }
    }

    private static String encode(long value, int width) {
        byte[] text = new byte[width];
        write(value, width, text, 0);
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
