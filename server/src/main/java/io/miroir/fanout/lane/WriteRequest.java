package io.miroir.fanout.lane;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of one index, authenticated and with aliases resolved; its body comes beside it.
 *
 * @param indexUid the index, which is the lane's name
 * @param parameters by the names below, and nothing else
 */
public record WriteRequest(Operation operation, String indexUid, Map<String, String> parameters) {
    /** Media type of a document payload. */
    public static final String CONTENT_TYPE = "contentType";

    /** One ASCII character. */
    public static final String CSV_DELIMITER = "csvDelimiter";

    /** The primary key that the client names. */
    public static final String PRIMARY_KEY = "primaryKey";

    /** {@code true} if documents that are not there stay away. */
    public static final String SKIP_CREATION = "skipCreation";

    /** The id of one document. */
    public static final String ID = "id";

    /** The client's own text, shown with the task. */
    public static final String CUSTOM_METADATA = "customMetadata";

    /** The client's {@code Idempotency-Key}. */
    public static final String IDEMPOTENCY_KEY = "idempotencyKey";

    /** {@code true} if settings go back to their defaults, which creates no index. */
    public static final String RESET = "reset";

    /** A parameter, or null. */
    public @Nullable String parameter(String name) {
        return parameters.get(name);
    }
}
