package io.miroir.edge.http;

/** Estimates what JSON takes in memory once it is read into a tree, from its bytes alone. */
final class JsonWeight {
    private static final int[] BYTES = new int[256];

    static {
        // A text comes with its bytes; the object around them is for its two quotes.
        BYTES['"'] = 24;
        // A number, and its place in a list.
        BYTES[','] = 40;
        BYTES['['] = 100;
        // A map, and a place in it for each member.
        BYTES['{'] = 160;
        BYTES[':'] = 48;
    }

    private JsonWeight() {}

    /** What is made of the text, besides a copy of it. */
    static long of(byte[] json) {
        long weight = 0;
        for (byte one : json) {
            weight += BYTES[one & 0xFF];
        }
        return weight;
    }
}
