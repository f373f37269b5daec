package io.miroir.edge.http;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.brotli.dec.BrotliInputStream;
import org.jspecify.annotations.Nullable;

/** Decoding of {@code Content-Encoding}, with the limit on what a body may grow to. */
final class Bodies {
    private Bodies() {}

    /**
     * The decoded and bounded body. The limit holds for the decoded bytes, so that a small
     * compressed body can't become a large one.
     */
    static InputStream decoded(InputStream raw, @Nullable String encoding, long bytesMax) {
        return new Limited(new Decoding(raw, encoding), bytesMax);
    }

    /** A body that is refused once more than so much of it was read. */
    static InputStream limited(InputStream body, long bytesMax) {
        return new Limited(body, bytesMax);
    }

    /** The error for a body beyond the limit. */
    static ApiException tooLarge(long bytesMax) {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "The provided payload reached the size limit. The maximum accepted payload size is "
                        + humanSize(bytesMax)
                        + ".");
    }

    /** Bytes in the largest unit that leaves at least one, two decimals: {@code 95.37 MiB}. */
    static String humanSize(long bytes) {
        boolean binary = bytes % 1024 == 0;
        double unit = binary ? 1024 : 1000;
        String[] names =
                binary
                        ? new String[] {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
                        : new String[] {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
        double value = bytes;
        int at = 0;
        while (value >= unit && at < names.length - 1) {
            value /= unit;
            at++;
        }
        String number = String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
        return number + " " + names[at];
    }

    /** Opens the decoder at the first read: opening reads the stream's header. */
    private static final class Decoding extends InputStream {
        private final InputStream raw;
        private final @Nullable String encoding;
        private @Nullable InputStream open;

        Decoding(InputStream raw, @Nullable String encoding) {
            this.raw = raw;
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
                return in.read(target, offset, length);
            } catch (ClientGone gone) {
                throw gone;
            } catch (ZipException | EOFException | MalformedInputException broken) {
                throw incomplete();
            } catch (IOException broken) {
                if (broken.getCause() instanceof ClientGone gone) {
                    throw gone;
                }
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

    /** Throws once more than the limit has been read. */
    private static final class Limited extends FilterInputStream {
        private final long bytesMax;
        private long bytesRead;

        Limited(InputStream in, long bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = in.read(target, offset, length);
            bytesRead += Math.max(count, 0);
            if (bytesRead > bytesMax) {
                throw tooLarge(bytesMax);
            }
            return count;
        }
    }
}
