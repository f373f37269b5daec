package io.miroir.api.network;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.JsonText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message to the task that changes a network, which is looked at before it is refused.
 * Meilisearch reads it by other means than all other bodies, and so its words are others.
 */
public final class NetworkControl {
    private static final String ORIGIN = "origin";
    private static final String MESSAGE = "message";
    private static final String TYPE = "type";
    private static final long NUMBER_MAX = 0xffff_ffffL;

    /** What each kind of message has. */
    private static final Map<String, List<String>> MESSAGES =
            Map.of(
                    "exportNoIndexForRemote", List.of("remote"),
                    "importFinishedForRemote", List.of("remote", "successful"),
                    "statusChangeForRemote", List.of("remote", "status"));

    private static final List<String> STATUSES = List.of("available", "unavailable");

    private NetworkControl() {}

    /**
     * What is wrong.
     *
     * @param path to the value behind which it is found
     */
    private record Fault(String text, List<String> path) {}

    /**
     * Checks a body.
     *
     * @throws ApiException in Meilisearch's words, with the place in a body without blanks
     */
    public static void check(JsonNode body) {
        fault(body)
                .ifPresent(
                        fault -> {
                            throw new ApiException(
                                    ErrorCode.BAD_REQUEST,
                                    "Json deserialize error: "
                                            + fault.text
                                            + " at line 1 column "
                                            + end(body, fault.path));
                        });
    }

    /** The place behind a value: that behind a body which ends there, without what closes it. */
    private static int end(JsonNode body, List<String> path) {
        return Json.bytes(upTo(body, path)).length - path.size();
    }

    private static JsonNode upTo(JsonNode value, List<String> path) {
        if (path.isEmpty()) {
            return value;
        }
        ObjectNode beginning = Json.object();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            if (member.getKey().equals(path.getFirst())) {
                beginning.set(
                        member.getKey(), upTo(member.getValue(), path.subList(1, path.size())));
                break;
            }
            beginning.set(member.getKey(), member.getValue());
        }
        return beginning;
    }

    private static Optional<Fault> fault(JsonNode body) {
        if (body.isArray()) {
            return found(
                    "invalid length "
                            + body.size()
                            + ", expected struct NetworkChange with 2 elements",
                    List.of());
        }
        if (!body.isObject()) {
            return wrongKind(body, "struct NetworkChange", List.of());
        }
        JsonNode origin = body.path(ORIGIN);
        JsonNode message = body.path(MESSAGE);
        // They are read as they come, and missed when all has come.
        return (origin.isMissingNode() ? Optional.<Fault>empty() : origin(origin))
                .or(() -> message.isMissingNode() ? Optional.empty() : message(message))
                .or(() -> missing(body, ORIGIN, List.of()))
                .or(() -> missing(body, MESSAGE, List.of()));
    }

    private static Optional<Fault> origin(JsonNode origin) {
        List<String> path = List.of(ORIGIN);
        if (!origin.isObject()) {
            return wrongKind(origin, "struct Origin", path);
        }
        return text(origin, "remoteName", List.of(ORIGIN, "remoteName"))
                .or(() -> number(origin.path("taskUid")))
                .or(() -> version(origin.path("networkVersion")))
                .or(() -> missing(origin, "remoteName", path))
                .or(() -> missing(origin, "taskUid", path));
    }

    private static Optional<Fault> number(JsonNode value) {
        List<String> path = List.of(ORIGIN, "taskUid");
        if (!value.isMissingNode() && !value.isIntegralNumber()) {
            return wrongKind(value, "u32", path);
        }
        boolean fits =
                value.isMissingNode()
                        || (value.canConvertToLong()
                                && value.longValue() >= 0
                                && value.longValue() <= NUMBER_MAX);
        return fits
                ? Optional.empty()
                : found("invalid value: " + JsonText.kindOf(value) + ", expected u32", path);
    }

    private static Optional<Fault> version(JsonNode value) {
        List<String> path = List.of(ORIGIN, "networkVersion");
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            return wrongKind(value, "a formatted UUID string", path);
        }
        try {
            UUID _ = UUID.fromString(value.stringValue());
            return Optional.empty();
        } catch (IllegalArgumentException none) {
            return found("UUID parsing failed", path);
        }
    }

    private static Optional<Fault> message(JsonNode message) {
        List<String> path = List.of(MESSAGE);
        if (!message.isObject()) {
            return wrongKind(message, "internally tagged enum Message", path);
        }
        JsonNode type = message.path(TYPE);
        if (!type.isMissingNode() && !type.isString()) {
            return wrongKind(type, "variant identifier", List.of(MESSAGE, TYPE));
        }
        List<String> members = MESSAGES.get(type.asString(""));
        if (members == null) {
            return missing(message, TYPE, path)
                    .or(
                            () ->
                                    found(
                                            "unknown variant `"
                                                    + type.stringValue()
                                                    + "`, expected one of `exportNoIndexForRemote`,"
                                                    + " `importFinishedForRemote`,"
                                                    + " `statusChangeForRemote`",
                                            List.of(MESSAGE, TYPE)));
        }
        return members.stream()
                .flatMap(name -> member(message, name).stream())
                .findFirst()
                .or(
                        () ->
                                members.stream()
                                        .flatMap(name -> missing(message, name, List.of()).stream())
                                        .findFirst());
    }

    /** Of a known type, what is wrong is found when what is behind the message has been seen. */
    private static Optional<Fault> member(JsonNode message, String name) {
        List<String> path = List.of();
        JsonNode value = message.path(name);
        return switch (name) {
            case "successful" ->
                    value.isBoolean() || value.isMissingNode()
                            ? Optional.empty()
                            : wrongKind(value, "a boolean", path);
            case "status" ->
                    STATUSES.contains(value.asString("")) || value.isMissingNode()
                            ? Optional.empty()
                            : found(
                                    "unknown variant `"
                                            + value.asString("")
                                            + "`, expected `available` or `unavailable`",
                                    path);
            default -> text(message, name, path);
        };
    }

    private static Optional<Fault> text(JsonNode object, String name, List<String> path) {
        JsonNode value = object.path(name);
        return value.isString() || value.isMissingNode()
                ? Optional.empty()
                : wrongKind(value, "a string", path);
    }

    private static Optional<Fault> missing(JsonNode object, String name, List<String> path) {
        return object.has(name) ? Optional.empty() : found("missing field `" + name + "`", path);
    }

    private static Optional<Fault> wrongKind(JsonNode value, String expected, List<String> path) {
        return found("invalid type: " + JsonText.kindOf(value) + ", expected " + expected, path);
    }

    private static Optional<Fault> found(String text, List<String> path) {
        return Optional.of(new Fault(text, path));
    }
}
