package io.miroir.fanout.lane;

import io.miroir.core.routing.Separators;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the position into the sequence number of each document while the documents are sent. It
 * goes from one {@link StampedLine} to the next by their lengths: no document is parsed again.
 */
final class StampedStream extends FilterInputStream {
    private static final int LENGTH_END = StampedLine.POSITION_AT + StampedLine.LENGTH_BYTES;
    private static final int POSITION_END = StampedLine.POSITION_AT + StampedLine.POSITION_WIDTH;

    private final byte[] position;
    private int column;
    private int lineLength;

    StampedStream(InputStream lines, long position) {
        super(lines);
        String seq = Separators.seq(position << StampedLine.ORDINAL_BITS);
        this.position =
                seq.substring(0, StampedLine.POSITION_WIDTH).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = in.read(target, offset, length);
        for (int at = offset; at < offset + count; ) {
            at += pass(target, at, offset + count - at);
        }
        return count;
    }

    /** Goes to the end of a line's part, at most so far; how far it went. */
    private int pass(byte[] target, int at, int most) {
        if (column < StampedLine.POSITION_AT) {
            return advance(Math.min(most, StampedLine.POSITION_AT - column));
        }
        if (column < LENGTH_END) {
            lineLength = (lineLength << Byte.SIZE) | (target[at] & 0xFF);
            target[at] = position[column - StampedLine.POSITION_AT];
            return advance(1);
        }
        if (column < POSITION_END) {
            int count = Math.min(most, POSITION_END - column);
            System.arraycopy(position, column - StampedLine.POSITION_AT, target, at, count);
            return advance(count);
        }
        int count = advance(Math.min(most, lineLength - column));
        if (column == lineLength) {
            column = 0;
            lineLength = 0;
        }
        return count;
    }

    private int advance(int count) {
        column += count;
        return count;
    }
}
