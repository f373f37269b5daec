package io.miroir.api.indexes;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Paging;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads requests that create, change and list indexes. */
public final class IndexRequests {
    private static final Shape CREATE =
            Shape.of(
                    Shape.required(
                            "uid",
                            ErrorCode.INVALID_INDEX_UID,
                            Check.INDEX_UID,
                            ErrorCode.MISSING_INDEX_UID),
                    Shape.optional(
                            "primaryKey", ErrorCode.INVALID_INDEX_PRIMARY_KEY, Check.STRING));

    private static final Shape UPDATE =
            Shape.of(
                    (object, key, accepted) ->
                            switch (key) {
                                case "createdAt" ->
                                        object.immutableField(
                                                key,
                                                accepted,
                                                ErrorCode.IMMUTABLE_INDEX_CREATED_AT);
                                case "updatedAt" ->
                                        object.immutableField(
                                                key,
                                                accepted,
                                                ErrorCode.IMMUTABLE_INDEX_UPDATED_AT);
                                default -> object.unknownField(key, accepted);
                            },
                    Shape.optional("primaryKey", ErrorCode.INVALID_INDEX_PRIMARY_KEY, Check.STRING),
                    Shape.optional("uid", ErrorCode.INVALID_INDEX_UID, Check.STRING));

    private static final Shape LIST =
            Paging.shape(ErrorCode.INVALID_INDEX_OFFSET, ErrorCode.INVALID_INDEX_LIMIT);

    private IndexRequests() {}

    /** An index to create. */
    public record Create(String uid, @Nullable String primaryKey) {
        /** Reads the body of {@code POST /indexes}. */
        public static Create parse(JsonNode body) {
            CREATE.check(StrictValue.body(body));
            return new Create(
                    body.path("uid").stringValue(), body.path("primaryKey").asString(null));
        }
    }

    /**
     * A change of an index.
     *
     * @param primaryKey null leaves it
     * @param uid its new name, not checked as a name yet; null leaves it
     */
    public record Update(@Nullable String primaryKey, @Nullable String uid) {
        /** Reads the body of {@code PATCH /indexes/{uid}}. */
        public static Update parse(JsonNode body) {
            UPDATE.check(StrictValue.body(body));
            return new Update(
                    body.path("primaryKey").asString(null), body.path("uid").asString(null));
        }
    }

    /** Reads the parameters of {@code GET /indexes}. */
    public static Paging page(Map<String, String> parameters) {
        return Paging.of(LIST, parameters);
    }
}
