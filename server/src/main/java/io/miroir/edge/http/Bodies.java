package io.miroir.edge.http;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import io.miroir.api.ApiException;
import io.miroir.api.ByteText;
import io.miroir.api.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;
import org.jspecify.annotations.Nullable;

/** Decoding of {@code Content-Encoding}, with the limit on what a body may grow to. */
final class Bodies {
    private Bodies() {}

    /**
     * The decoded and bounded body. The limit holds for the decoded bytes, so that a small
     * compressed body can't become a large one. One that says beforehand that it is too large is
     * refused when it is read: whoever asks may not be let in, or ask for nothing that is there.
     *
     * @param declared how many bytes come; -1 if nobody says
     */
    static InputStream decoded(
            InputStream raw, long declared, @Nullable String encoding, long bytesMax) {
        return new Limited(new Decoding(raw, encoding), bytesMax, declared > bytesMax);
    }

    /** A body that is refused once more than so much of it was read. */
    static InputStream limited(InputStream body, long bytesMax) {
        return new Limited(body, bytesMax, false);
    }

    /** The error for a body beyond the limit. */
    static ApiException tooLarge(long bytesMax) {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "The provided payload reached the size limit. The maximum accepted payload size is "
                        + ByteText.limit(bytesMax)
                        + ".");
    }

    /**
     * What a decoder reads. It remembers that the client was lost: decoders tell it in words of
     * their own, or take it for the end.
     */
    private static final class Incoming extends FilterInputStream {
        private @Nullable ClientGone gone;

        Incoming(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return in.read();
            } catch (ClientGone lost) {
                gone = lost;
                throw lost;
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return in.read(target, offset, length);
            } catch (ClientGone lost) {
                gone = lost;
                throw lost;
            }
        }

        void requireClient() throws ClientGone {
            if (gone != null) {
                throw gone;
            }
        }
    }

    /** Opens the decoder at the first read: opening reads the stream's header. */
    private static final class Decoding extends InputStream {
        private final Incoming raw;
        private final @Nullable String encoding;
        private @Nullable InputStream open;

        Decoding(InputStream raw, @Nullable String encoding) {
            this.raw = new Incoming(raw);
            this.encoding = encoding;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                InputStream in = open;
                if (in == null) {
                    in = open();
                    open = in;
                }
                int count = in.read(target, offset, length);
                raw.requireClient();
                return count;
            } catch (IOException | MalformedInputException broken) {
                raw.requireClient();
                throw incomplete();
            }
        }

        private InputStream open() throws IOException {
            String name = encoding == null ? "identity" : encoding.trim().toLowerCase(Locale.ROOT);
            return switch (name) {
                case "gzip", "x-gzip" -> new GZIPInputStream(raw);
                case "deflate" -> new InflaterInputStream(raw);
                case "br" -> new BrotliInputStream(raw);
                case "zstd" -> new ZstdInputStream(raw);
                default -> raw;
            };
        }

        private static ApiException incomplete() {
            return new ApiException(
                    ErrorCode.BAD_REQUEST,
                    "The provided payload is incomplete and cannot be parsed");
        }
    }

    /** Throws once more than the limit has been read, or at once where that is sure to be. */
    private static final class Limited extends FilterInputStream {
        private final long bytesMax;
        private final boolean refused;
        private long bytesRead;

        Limited(InputStream in, long bytesMax, boolean refused) {
            super(in);
            this.bytesMax = bytesMax;
            this.refused = refused;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = refused ? 0 : in.read(target, offset, length);
            bytesRead += Math.max(count, 0);
            if (refused || bytesRead > bytesMax) {
                throw tooLarge(bytesMax);
            }
            return count;
        }
    }
}
