package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Turns a node's error object into the same error of ours. */
public final class WireErrors {
    private static final Map<String, ErrorCode> BY_WIRE_NAME =
            Stream.of(ErrorCode.values())
                    .collect(Collectors.toMap(ErrorCode::wireName, Function.identity()));

    private WireErrors() {}

    /** The error; one of a code that only the node knows is an internal one. */
    public static ApiException toException(JsonNode error) {
        String wireName = error.path("code").asString("");
        return new ApiException(
                BY_WIRE_NAME.getOrDefault(wireName, ErrorCode.INTERNAL),
                error.path("message").asString(""));
    }
}
