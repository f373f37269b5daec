package io.miroir.cli.client;

import io.miroir.api.Json;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * One request, without saying which server gets it.
 *
 * @param path with its query, encoded
 * @param body text, sent as UTF-8; empty for none
 * @param headers by name, besides authorization
 * @param repeatable whether doing it twice is the same as doing it once, so that it may be sent
 *     again when a connection broke after it was sent
 */
public record ApiCall(
        String method, String path, String body, Map<String, String> headers, boolean repeatable) {
    public ApiCall {
        headers = Map.copyOf(headers);
    }

    /** Reads something. */
    public static ApiCall get(String path) {
        return new ApiCall("GET", path, "", Map.of(), true);
    }

    /** A search or another POST that changes nothing. */
    public static ApiCall search(String path, JsonNode body) {
        return withJson("POST", path, Json.text(body)).asRepeatable();
    }

    /** A change with a JSON body; not repeatable until it carries an idempotency key. */
    public static ApiCall change(String method, String path, JsonNode body) {
        return withJson(method, path, Json.text(body));
    }

    /** Documents as JSON text; not repeatable until it carries an idempotency key. */
    public static ApiCall documents(String index, String jsonArray) {
        return withJson("POST", "/indexes/" + index + "/documents", jsonArray);
    }

    /** A DELETE without a body. */
    public static ApiCall delete(String path) {
        return new ApiCall("DELETE", path, "", Map.of(), false);
    }

    /** The key lets the server recognise a second sending, so the call may be repeated. */
    public ApiCall withIdempotencyKey(String key) {
        return withHeader("Idempotency-Key", key).asRepeatable();
    }

    /** The same with one more header. */
    public ApiCall withHeader(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new ApiCall(method, path, body, more, repeatable);
    }

    private ApiCall asRepeatable() {
        return new ApiCall(method, path, body, headers, true);
    }

    private static ApiCall withJson(String method, String path, String body) {
        return new ApiCall(method, path, body, Map.of("Content-Type", "application/json"), false);
    }

    /** As a log shows it. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
