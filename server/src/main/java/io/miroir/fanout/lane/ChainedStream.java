package io.miroir.fanout.lane;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Streams one after the other. Each is opened when its turn has come, and closed behind it: there
 * may be many, and files among them.
 */
final class ChainedStream extends InputStream {
    private final Iterator<InputStream> rest;
    private @Nullable InputStream current;

    ChainedStream(Iterator<InputStream> streams) {
        this.rest = streams;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (true) {
            InputStream from = current;
            if (from == null) {
                if (!rest.hasNext()) {
                    return -1;
                }
                from = rest.next();
                current = from;
            }
            int count = from.read(target, offset, length);
            if (count >= 0) {
                return count;
            }
            close();
        }
    }

    @Override
    public void close() throws IOException {
        InputStream open = current;
        current = null;
        if (open != null) {
            open.close();
        }
    }
}
