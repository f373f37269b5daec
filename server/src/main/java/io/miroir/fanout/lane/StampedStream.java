package io.miroir.fanout.lane;

import io.miroir.core.routing.Separators;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the position into the sequence number of each document while the documents are sent. The
 * position is known only when everything is validated and split (protocol, rules 1 and 2); the
 * numbers have a fixed width at a fixed place of each line, so no document is parsed again.
 */
final class StampedStream extends FilterInputStream {
    /** The lower bits of a sequence number: the document's place in its request. */
    static final int ORDINAL_BITS = Separators.ORDINAL_BITS;

    /** The first bytes of each line, before the sequence number. */
    static final String HEAD = "{\"" + Separators.SEQ_FIELD + "\":\"";

    private static final int POSITION_BITS = Separators.SEQ_WIDTH - ORDINAL_BITS;

    private final byte[] position;
    private int column;

    StampedStream(InputStream lines, long position) {
        super(lines);
        String seq = Separators.seq(position << ORDINAL_BITS);
        this.position = seq.substring(0, POSITION_BITS).getBytes(StandardCharsets.US_ASCII);
    }

    /** The sequence number of a document before its position is known. */
    static String unplaced(long ordinal) {
        if (ordinal >>> ORDINAL_BITS != 0) {
            throw new IllegalArgumentException("document number " + ordinal);
        }
        return Separators.seq(ordinal);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = in.read(target, offset, length);
        for (int i = offset; i < offset + count; i++) {
            int digit = column - HEAD.length();
            if (digit >= 0 && digit < position.length) {
                target[i] = position[digit];
            }
            column = target[i] == '\n' ? 0 : column + 1;
        }
        return count;
    }
}
