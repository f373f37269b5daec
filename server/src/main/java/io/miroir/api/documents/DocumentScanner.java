package io.miroir.api.documents;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Finds the documents of a JSON payload in its bytes, without making trees of them. It gives up at
 * all that is malformed, as at what is too large for it: then {@link DocumentReader} decides from
 * the beginning, and its words are what a client is told.
 */
public final class DocumentScanner {
    /** A larger document is left to trees. */
    static final int DOCUMENT_BYTES_MAX = 4 << 20;

    private static final int WINDOW_BYTES_MIN = 1 << 10;
    private static final int WINDOW_BYTES = 64 << 10;
    private static final int END = -1;

    private final InputStream in;
    private final Sink sink;
    private final JsonScan scan = new JsonScan();
    private byte[] window = new byte[WINDOW_BYTES_MIN + JsonScan.PADDING_BYTES];
    private int at;
    private int limit;

    private DocumentScanner(InputStream in, Sink sink) {
        this.in = in;
        this.sink = sink;
    }

    /** Receives documents in their order. */
    @FunctionalInterface
    public interface Sink {
        /** Looks at the next document, which is another one afterwards. */
        void accept(ScannedDocument document) throws IOException;
    }

    /**
     * Hands on all documents of a payload.
     *
     * @return false if it gave up: what was handed on must have no effect
     */
    public static boolean scan(PayloadFormat format, InputStream in, Sink sink) throws IOException {
        DocumentScanner scanner = new DocumentScanner(in, sink);
        return switch (format) {
            case JSON -> scanner.oneOrList();
            case NDJSON -> scanner.sequence();
            case CSV -> false;
        };
    }

    private boolean oneOrList() throws IOException {
        int first = next();
        if (first == '{') {
            return document() && next() == END;
        }
        if (first != '[') {
            return false;
        }
        at++;
        if (next() == ']') {
            at++;
            return next() == END;
        }
        while (next() == '{' && document()) {
            int behind = next();
            at++;
            if (behind == ']') {
                return next() == END;
            }
            if (behind != ',') {
                return false;
            }
        }
        return false;
    }

    private boolean sequence() throws IOException {
        if (next() == END) {
            // Nothing at all is a payload that is missing, and white space is not.
            return false;
        }
        while (next() == '{') {
            if (!document()) {
                return false;
            }
        }
        return next() == END;
    }

    /** Hands on the document that begins here. */
    private boolean document() throws IOException {
        int behind = scan.object(window, at, limit);
        while (behind == JsonScan.MORE && fill()) {
            behind = scan.object(window, at, limit);
        }
        if (behind < 0) {
            return false;
        }
        sink.accept(scan.found());
        at = behind;
        return true;
    }

    /** The next byte that is no white space, which is still to be taken. */
    private int next() throws IOException {
        do {
            while (at < limit) {
                if (!JsonScan.isSpace(window[at])) {
                    return window[at] & 0xFF;
                }
                at++;
            }
        } while (fill());
        return END;
    }

    /**
     * Brings what follows to the bytes that are not taken; false if nothing does, or no room is.
     */
    private boolean fill() throws IOException {
        int left = limit - at;
        int room = window.length - JsonScan.PADDING_BYTES;
        // One that was full at once is the beginning of something large.
        boolean full = limit == room && (room < WINDOW_BYTES || left * 2 > room);
        byte[] next = window;
        if (full) {
            if (left >= DOCUMENT_BYTES_MAX) {
                return false;
            }
            room = Math.max(WINDOW_BYTES, left * 2);
            next = new byte[room + JsonScan.PADDING_BYTES];
        }
        System.arraycopy(window, at, next, 0, left);
        window = next;
        at = 0;
        limit = left + in.readNBytes(window, left, room - left);
        Arrays.fill(window, limit, limit + JsonScan.PADDING_BYTES, (byte) 0);
        return limit > left;
    }
}
