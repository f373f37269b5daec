package io.miroir.api.keys;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Timestamps;
import io.miroir.api.UuidText;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The bodies of requests that make and change keys, and the keys every instance begins with. */
public final class KeyRequests {
    private static final Check INDEXES =
            Check.arrayOf(
                    value -> {
                        if (!IndexPattern.isValid(value.string())) {
                            throw value.invalid(IndexPattern.why(value.string()));
                        }
                    });

    private static final Shape PATCH =
            Shape.of(
                    KeyRequests::immutable,
                    optional("description", ErrorCode.INVALID_API_KEY_DESCRIPTION, Check.STRING),
                    optional("name", ErrorCode.INVALID_API_KEY_NAME, Check.STRING));

    /** Characters of a name, and of a description: the task store keeps no more. */
    static final int LABEL_CHARS_MAX = 64 << 10;

    private KeyRequests() {}

    /**
     * Reads the body that makes a key.
     *
     * @param uids makes a uid if the client chose none
     */
    public static ApiKey create(JsonNode body, Instant now, Supplier<String> uids) {
        shapeOfCreate(now).check(StrictValue.body(body));
        List<Action> actions =
                body.get("actions").valueStream().map(a -> Action.named(a.stringValue())).toList();
        List<IndexPattern> indexes =
                body.get("indexes")
                        .valueStream()
                        .map(i -> new IndexPattern(i.stringValue()))
                        .toList();
        JsonNode expiry = body.get("expiresAt");
        OffsetDateTime expiresAt =
                expiry.isNull() ? null : expiry(expiry.stringValue()).orElseThrow();
        ApiKey.Grant grant = new ApiKey.Grant(actions, indexes, expiresAt);
        refuseGlobalActionsForSomeIndexes(grant);
        String uid =
                body.hasNonNull("uid")
                        ? UuidText.canonical(body.get("uid").stringValue()).orElseThrow()
                        : uids.get();
        return new ApiKey(uid, labelOf(body, null), grant, now, now);
    }

    /** Reads the body that relabels a key: what becomes of its label. */
    public static UnaryOperator<ApiKey.Label> patch(JsonNode body) {
        PATCH.check(StrictValue.body(body));
        return label -> labelOf(body, label);
    }

    /** The keys of a new instance, in the order that lists show them. */
    public static List<ApiKey> defaults(Instant now, Supplier<String> uids) {
        record Template(String name, String description, List<Action> actions) {}
        return Stream.of(
                        new Template(
                                "Default Search API Key",
                                "Use it to search from the frontend",
                                List.of(Action.SEARCH)),
                        new Template(
                                "Default Admin API Key",
                                "Use it for anything that is not a search operation. Caution! Do"
                                        + " not expose it on a public frontend",
                                List.of(Action.ALL)),
                        new Template(
                                "Default Read-Only Admin API Key",
                                "Use it to read information across the whole database. Caution! Do"
                                        + " not expose this key on a public frontend",
                                List.of(Action.ALL_GET, Action.KEYS_GET)),
                        new Template(
                                "Default Chat API Key",
                                "Use it to chat and search from the frontend",
                                List.of(Action.CHAT_COMPLETIONS, Action.SEARCH)))
                .map(
                        template ->
                                new ApiKey(
                                        uids.get(),
                                        new ApiKey.Label(template.name, template.description),
                                        new ApiKey.Grant(
                                                template.actions,
                                                List.of(new IndexPattern("*")),
                                                null),
                                        now,
                                        now))
                .toList();
    }

    /** The error for a key that is not there. */
    public static ApiException notFound(String uidOrKey) {
        return new ApiException(
                ErrorCode.API_KEY_NOT_FOUND, "API key `" + uidOrKey + "` not found.");
    }

    /** The error for a uid that is taken. */
    public static ApiException alreadyExists(String uid) {
        return new ApiException(
                ErrorCode.API_KEY_ALREADY_EXISTS,
                "`uid` field value `" + uid + "` is already an existing API key.");
    }

    private static Shape shapeOfCreate(Instant now) {
        return Shape.of(
                optional("description", ErrorCode.INVALID_API_KEY_DESCRIPTION, Check.STRING),
                optional("name", ErrorCode.INVALID_API_KEY_NAME, Check.STRING),
                notNull("uid", ErrorCode.INVALID_API_KEY_UID, KeyRequests::checkUid),
                required(
                        "actions",
                        ErrorCode.INVALID_API_KEY_ACTIONS,
                        Check.arrayOf(Check.oneOf(Action.NAMES)),
                        ErrorCode.MISSING_API_KEY_ACTIONS),
                required(
                        "indexes",
                        ErrorCode.INVALID_API_KEY_INDEXES,
                        INDEXES,
                        ErrorCode.MISSING_API_KEY_INDEXES),
                required(
                        "expiresAt",
                        ErrorCode.INVALID_API_KEY_EXPIRES_AT,
                        value -> checkExpiry(value, now),
                        ErrorCode.MISSING_API_KEY_EXPIRES_AT));
    }

    private static void checkExpiry(StrictValue value, Instant now) {
        if (value.isNull()) {
            return;
        }
        String text = value.string();
        boolean future =
                expiry(text).map(OffsetDateTime::toInstant).filter(now::isBefore).isPresent();
        if (!future) {
            throw value.invalid(
                    "`"
                            + text
                            + "` is not a valid date. It should follow the RFC 3339 format to"
                            + " represents a date or datetime in the future or specified as a null"
                            + " value. e.g. 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS'.\n");
        }
    }

    private static Optional<OffsetDateTime> expiry(String text) {
        return Timestamps.parseRfc3339(text)
                .or(() -> Timestamps.parseLocal(text))
                .or(() -> Timestamps.parseDay(text));
    }

    private static void checkUid(StrictValue value) {
        if (UuidText.canonical(value.string()).isEmpty()) {
            throw value.invalid(UuidText.fault(value.string()));
        }
    }

    private static ApiKey.Label labelOf(JsonNode body, ApiKey.@Nullable Label before) {
        String name = before == null ? null : before.name();
        String description = before == null ? null : before.description();
        return new ApiKey.Label(
                textOr(body.get("name"), name), textOr(body.get("description"), description));
    }

    private static @Nullable String textOr(@Nullable JsonNode node, @Nullable String absent) {
        if (node == null) {
            return absent;
        }
        String text = node.isNull() ? null : node.stringValue();
        if (text != null && text.length() > LABEL_CHARS_MAX) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The name or the description of a key is longer than "
                            + LABEL_CHARS_MAX
                            + " characters.");
        }
        return text;
    }

    private static void refuseGlobalActionsForSomeIndexes(ApiKey.Grant grant) {
        if (grant.indexes().isEmpty() || grant.reachesAll()) {
            return;
        }
        for (Action action : grant.actions()) {
            if (action.scope() == Action.Scope.GLOBAL) {
                throw new ApiException(
                        ErrorCode.INDEX_SCOPED_API_KEY_WITH_GLOBAL_ACTION,
                        "cannot create index-scoped API key with global action `\""
                                + action.wireName()
                                + "\"`\n  - Hint: remove action `\""
                                + action.wireName()
                                + "\"` from the action list, or remove `indexes` to make the key"
                                + " global");
            }
        }
    }

    private static ApiException immutable(StrictValue body, String key, List<String> accepted) {
        ErrorCode code =
                switch (key) {
                    case "actions" -> ErrorCode.IMMUTABLE_API_KEY_ACTIONS;
                    case "indexes" -> ErrorCode.IMMUTABLE_API_KEY_INDEXES;
                    case "expiresAt" -> ErrorCode.IMMUTABLE_API_KEY_EXPIRES_AT;
                    case "uid" -> ErrorCode.IMMUTABLE_API_KEY_UID;
                    case "createdAt" -> ErrorCode.IMMUTABLE_API_KEY_CREATED_AT;
                    case "updatedAt" -> ErrorCode.IMMUTABLE_API_KEY_UPDATED_AT;
                    default -> ErrorCode.BAD_REQUEST;
                };
        return code == ErrorCode.BAD_REQUEST
                ? body.unknownField(key, accepted)
                : body.immutableField(key, accepted, code);
    }
}
