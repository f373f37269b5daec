package io.miroir.edge.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Answers in gzip, for clients that ask for it. */
final class Gzip {
    /** A smaller body fits a packet as it is. */
    static final int BYTES_MIN = 1024;

    private static final int BUFFER_BYTES = 8 * 1024;

    private Gzip() {}

    /** Whether the answer is better sent in gzip: it is text, and not short. */
    static boolean suits(Answer answer) {
        String type = answer.contentType();
        return answer.body().length >= BYTES_MIN
                && type != null
                && (type.startsWith("application/json") || type.startsWith("text/"));
    }

    /**
     * Whether a client takes gzip.
     *
     * @param accepted its {@code Accept-Encoding}, as {@code br, gzip;q=0.8, *;q=0}
     */
    static boolean isAccepted(@Nullable String accepted) {
        if (accepted == null) {
            return false;
        }
        boolean any = false;
        for (String part : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] words = part.split(";", 2);
            boolean refused = words.length > 1 && words[1].strip().matches("q=0(\\.0*)?");
            switch (words[0].strip()) {
                case "gzip", "x-gzip" -> {
                    return !refused;
                }
                case "*" -> any = !refused;
                default -> {}
            }
        }
        return any;
    }

    /** The body in gzip, the fast way: an answer is sent once. */
    static byte[] of(byte[] body) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length / 4);
        try (OutputStream gzip = new Fast(packed)) {
            gzip.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
