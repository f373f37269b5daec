package io.miroir.edge.http;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.JsonDepth;
import io.miroir.api.MediaTypes;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** Reads a body that is one JSON value. */
public final class JsonBody {
    private static final List<String> ACCEPTED = List.of(MediaTypes.JSON);

    private static final Pattern JSON_BY_NAME =
            Pattern.compile(
                    "[^/;\\s]+/(?:[^/;\\s]+\\+)?json\\s*(?:;.*)?", Pattern.CASE_INSENSITIVE);

    private static final int MARK_BYTES = 3;

    private JsonBody() {}

    /** The value; another content type, no body and malformed JSON are refused. */
    public static JsonNode read(Request request) throws IOException {
        requireJson(request.header("Content-Type"));
        return parse(request.body().readAllBytes());
    }

    /**
     * The same, of at most so many bytes: a value is wholly in memory, and so are those of all
     * requests that run.
     */
    public static JsonNode read(Request request, long bytesMax) throws IOException {
        requireJson(request.header("Content-Type"));
        return parse(Bodies.limited(request.body(), bytesMax).readAllBytes());
    }

    /** Any type that is JSON by its name will do, as {@code application/geo+json}. */
    private static void requireJson(@Nullable String contentType) {
        if (contentType == null || !JSON_BY_NAME.matcher(contentType).matches()) {
            MediaTypes.accepted(contentType, ACCEPTED);
        }
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
                throw malformed("EOF while parsing a value at line 1 column " + body.length);
            }
            return value;
        } catch (JacksonException fault) {
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
