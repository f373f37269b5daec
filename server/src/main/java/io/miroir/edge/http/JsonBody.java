package io.miroir.edge.http;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.JsonDepth;
import io.miroir.api.JsonEnd;
import io.miroir.api.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** Reads a body that is one JSON value. */
public final class JsonBody {
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    private static final int MARK_BYTES = 3;

    /** What Jackson says begins so, whichever exception it says it by. */
    private static final String ENDS_EARLY = "Unexpected end-of-input";

    private static final int PIECE_BYTES = 64 << 10;

    /** A body as it came, in one piece, and as the texts of its values. */
    static final int COPIES = 3;

    private JsonBody() {}

    /** The value; another content type, no body and malformed JSON are refused. */
    public static JsonNode read(Request request) throws IOException {
        MediaTypes.requireJson(request.header("Content-Type"));
        return parse(request.body().readAllBytes());
    }

    /** The same, of at most so many bytes, which are few. */
    public static JsonNode read(Request request, long bytesMax) throws IOException {
        MediaTypes.requireJson(request.header("Content-Type"));
        return parse(Bodies.limited(request.body(), bytesMax).readAllBytes());
    }

    /**
     * The same, of at most so many bytes, in Meilisearch's words: a value is wholly in memory, and
     * so are those of all requests that run.
     *
     * @param share takes the memory, and is to be closed when the value is not used any more
     */
    public static JsonNode read(Request request, long bytesMax, BodyBudget.Share share)
            throws IOException {
        MediaTypes.requireJson(request.header("Content-Type"));
        long declared = declared(request.header("Content-Length"), bytesMax);
        byte[] body = whole(request.body(share.readMillisMax()), declared, bytesMax, share);
        share.take(JsonWeight.of(body), body.length);
        return parse(body);
    }

    // For JSON that says beforehand that it is too long Meilisearch has no code of its own.
    private static long declared(@Nullable String declared, long bytesMax) {
        if (declared == null || !LENGTH.matcher(declared).matches()) {
            return 0;
        }
        long length = Long.parseLong(declared);
        if (length > bytesMax) {
            throw new ApiException(
                    ErrorCode.INTERNAL,
                    "JSON payload ("
                            + length
                            + " bytes) is larger than allowed (limit: "
                            + bytesMax
                            + " bytes).");
        }
        return length;
    }

    /** Refuses what a node would refuse, in the words for a body that is too long. */
    public static void requireAtMost(long bytes, long bytesMax) {
        if (bytes > bytesMax) {
            throw exceeded(bytesMax);
        }
    }

    /**
     * Reads it all.
     *
     * @param declared how long it is as its sender says, 0 if nothing is said
     */
    private static byte[] whole(
            InputStream in, long declared, long bytesMax, BodyBudget.Share share)
            throws IOException {
        List<byte[]> pieces = new ArrayList<>();
        int size = 0;
        byte[] piece = piece(in, bytesMax, share);
        while (piece.length > 0) {
            requireAtMost(size + (long) piece.length, bytesMax);
            size += piece.length;
            share.take(COPIES * (long) piece.length, Math.max(size, declared));
            pieces.add(piece);
            piece = piece(in, bytesMax, share);
        }
        if (pieces.size() == 1) {
            return pieces.getFirst();
        }
        ByteBuffer body = ByteBuffer.allocate(size);
        pieces.forEach(body::put);
        return body.array();
    }

    private static byte[] piece(InputStream in, long bytesMax, BodyBudget.Share share)
            throws IOException {
        try {
            return in.readNBytes(PIECE_BYTES);
        } catch (ApiException refused) {
            // The server's own limit is told in the words for documents.
            throw refused.code() == ErrorCode.PAYLOAD_TOO_LARGE ? exceeded(bytesMax) : refused;
        } catch (BodyLate late) {
            share.late();
            throw new ApiException(
                    ErrorCode.MIROIR_BODY_TOO_SLOW,
                    "The payload in JSON comes too slowly: "
                            + late.getMessage()
                            + ". Nothing was changed.");
        }
    }

    private static ApiException exceeded(long bytesMax) {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "JSON payload has exceeded limit (" + bytesMax + " bytes).");
    }

    /** Parses the bytes of a body. */
    public static JsonNode parse(byte[] body) {
        if (body.length == 0) {
            throw new ApiException(ErrorCode.MISSING_PAYLOAD, "A json payload is missing.");
        }
        if (isMarked(body)) {
            throw malformed("expected value at line 1 column 1");
        }
        try {
            JsonNode value = Json.parse(body);
            if (value.isMissingNode()) {
                throw malformed(JsonEnd.fault(body));
            }
            return value;
        } catch (JacksonException fault) {
            if (fault.getOriginalMessage().startsWith(ENDS_EARLY)) {
                throw malformed(JsonEnd.fault(body));
            }
            throw malformed(
                    JsonDepth.fault(body)
                            .filter(_ -> fault instanceof StreamConstraintsException)
                            .orElseGet(() -> Json.describe(fault)));
        }
    }

    /** A byte order mark is no JSON. */
    private static boolean isMarked(byte[] body) {
        return body.length >= MARK_BYTES
                && body[0] == (byte) 0xEF
                && body[1] == (byte) 0xBB
                && body[2] == (byte) 0xBF;
    }

    private static ApiException malformed(String what) {
        return new ApiException(
                ErrorCode.MALFORMED_PAYLOAD,
                "The json payload provided is malformed. `" + what + "`.");
    }
}
