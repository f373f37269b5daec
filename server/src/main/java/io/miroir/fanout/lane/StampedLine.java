package io.miroir.fanout.lane;

import io.miroir.core.routing.Separators;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A document on its way to nodes, as it waits to be sent: a line of JSON that begins with Miroir's
 * own fields, at fixed places.
 *
 * <pre>{"_miroir_seq":"POSITION ORDINAL","_miroir_shard":"SHARD",… the client's members}⏎</pre>
 *
 * The position is known only when everything is validated and split (protocol, rules 1 and 2).
 * Until then its place holds how long the line is, so that who stamps the position finds the next
 * line without looking for it, whatever the client's bytes are.
 */
final class StampedLine {
    /** The lower bits of a sequence number: the document's place in its request. */
    static final int ORDINAL_BITS = Separators.ORDINAL_BITS;

    /** The characters of the position. */
    static final int POSITION_WIDTH = Separators.SEQ_WIDTH - ORDINAL_BITS;

    /** Of these the first, big end first. */
    static final int LENGTH_BYTES = Integer.BYTES;

    private static final String BEFORE_SEQ = "{\"" + Separators.SEQ_FIELD + "\":\"";
    private static final String BEFORE_SHARD = "\",\"" + Separators.SHARD_FIELD + "\":\"";
    private static final String BEHIND_SHARD = "\",";

    /** Where the position is. */
    static final int POSITION_AT = BEFORE_SEQ.length();

    private static final int ORDINAL_AT = POSITION_AT + POSITION_WIDTH;
    private static final int LINE_BYTES_MIN = 1 << 10;

    private byte[] bytes = new byte[LINE_BYTES_MIN];
    private int length;

    /** How the line of each document of a shard begins. */
    static final class Head {
        private final byte[] bytes;

        Head(int shard) {
            String text =
                    BEFORE_SEQ
                            + Separators.seq(0)
                            + BEFORE_SHARD
                            + Separators.shard(shard)
                            + BEHIND_SHARD;
            this.bytes = text.getBytes(StandardCharsets.US_ASCII);
        }
    }

    /**
     * Makes it the line of a document.
     *
     * @param shard the head of its shard's lines
     * @param ordinal its place in its request
     * @param json the document as an object, which has at least one member
     * @param start where the object begins
     * @param end behind it
     */
    void write(Head shard, long ordinal, byte[] json, int start, int end) {
        byte[] head = shard.bytes;
        // Without the document's own brace.
        int members = end - start - 1;
        length = head.length + members + 1;
        if (bytes.length < length) {
            bytes = Arrays.copyOf(bytes, Math.max(length, bytes.length * 2));
        }
        System.arraycopy(head, 0, bytes, 0, head.length);
        for (int i = 0; i < LENGTH_BYTES; i++) {
            bytes[POSITION_AT + i] = (byte) (length >>> (Byte.SIZE * (LENGTH_BYTES - 1 - i)));
        }
        Separators.write(ordinal, ORDINAL_BITS, bytes, ORDINAL_AT);
        System.arraycopy(json, start + 1, bytes, head.length, members);
        bytes[length - 1] = '\n';
    }

    /** What it is in. */
    byte[] bytes() {
        return bytes;
    }

    /** How much of that. */
    int length() {
        return length;
    }
}
