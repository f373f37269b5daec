package io.miroir.cli.client;

import io.miroir.api.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * What a server answered.
 *
 * @param headers by name in small letters
 * @param text the body
 */
public record ApiAnswer(int status, Map<String, List<String>> headers, String text) {
    private static final int EXCERPT_CHARS = 300;

    public ApiAnswer {
        headers = Map.copyOf(headers);
    }

    /** Whether the status is one of the 200s. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /** The body as JSON; an answer of a server that promised JSON and sent none is null JSON. */
    public JsonNode json() {
        try {
            return Json.parse(text);
        } catch (JacksonException e) {
            return NullNode.getInstance();
        }
    }

    /** The first value of a header. */
    public Optional<String> header(String lowerCaseName) {
        return headers.getOrDefault(lowerCaseName, List.of()).stream().findFirst();
    }

    /** Status and the beginning of the body, for messages. */
    @Override
    public String toString() {
        String excerpt =
                text.length() <= EXCERPT_CHARS ? text : text.substring(0, EXCERPT_CHARS) + " …";
        return status + " " + excerpt;
    }
}
