package io.miroir.edge.http;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a handler answers: a status, headers and a body, whole or streamed. */
public final class Answer {
    private static final String JSON = "application/json";

    /** Clients of Meilisearch that are told to come back wait this long. */
    private static final String RETRY_AFTER_SECONDS = "10";

    private static final byte[] NOTHING = {};

    private final int status;
    private final @Nullable String contentType;
    private final byte[] body;
    private final @Nullable Streamed streamed;
    private final Map<String, String> headers;

    private Answer(
            int status,
            @Nullable String contentType,
            byte[] body,
            @Nullable Streamed streamed,
            Map<String, String> headers) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.streamed = streamed;
        this.headers = headers;
    }

    /** A body that is too large for memory. Closed once, whatever becomes of the request. */
    public interface Streamed extends AutoCloseable {
        /** Exactly what {@link #writeTo} will write. */
        long bytes();

        /** Writes the body; a client that goes away, or takes nothing for long, ends it. */
        void writeTo(OutputStream out) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** A JSON body. */
    public static Answer json(int status, JsonNode body) {
        return new Answer(status, JSON, Json.bytes(body), null, Map.of());
    }

    /** What another pod answered in JSON; its refusals read as our own. */
    public static Answer passed(int status, byte[] utf8) {
        return new Answer(status, JSON, utf8, null, Map.of()).orRetried();
    }

    /** A body of any type; the bytes must not be changed afterwards. */
    public static Answer bytes(int status, String contentType, byte[] body) {
        return new Answer(status, contentType, body, null, Map.of());
    }

    /** A body that is written while it is sent. */
    public static Answer stream(int status, String contentType, Streamed body) {
        return new Answer(status, contentType, NOTHING, body, Map.of());
    }

    /** Plain text. */
    public static Answer text(int status, String contentType, String text) {
        return bytes(status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    /** No body at all. */
    public static Answer empty(int status) {
        return new Answer(status, null, NOTHING, null, Map.of());
    }

    /** The error object of a refusal. */
    public static Answer error(ApiException refusal) {
        return json(refusal.status(), refusal.toJson()).orRetried();
    }

    /** The error object for a code and message. */
    public static Answer error(ErrorCode code, String message) {
        return error(new ApiException(code, message));
    }

    // Who is refused for now is told when to come back.
    private Answer orRetried() {
        return status == 503 ? withHeader("Retry-After", RETRY_AFTER_SECONDS) : this;
    }

    /** The same answer with one more header. */
    public Answer withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, streamed, Map.copyOf(more));
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The media type of the body; null when there is none. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** The body that is written while it is sent; null if {@link #body} is all. */
    public @Nullable Streamed streamed() {
        return streamed;
    }

    /** The body's bytes, not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Headers besides the media type. */
    public Map<String, String> headers() {
        return headers;
    }
}
